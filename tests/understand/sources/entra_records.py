"""Invented records of Entra, one of each kind."""

LOGIN, TENANT = "analyst7@nordlicht.example", "9e7a0000-1111-4222-8333-444455556666"
PERSON, SERVICE = "b0c20000-0000-4000-8000-000000000007", "b0c20000-0000-4000-8000-000000000008"
SIGNIN = {
    "time": "2026-03-04T05:08:11.4210000Z",
    "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
    "operationName": "Sign-in activity",
    "operationVersion": "1.0",
    "category": "SignInLogs",
    "tenantId": TENANT,
    "resultType": "0",
    "resultSignature": "None",
    "durationMs": 0,
    "callerIpAddress": "198.18.20.9",
    "correlationId": "c-1",
    "Level": 4,
    "location": "SE",
    "properties": {
        "id": "signin-1",
        "createdDateTime": "2026-03-04T05:06:07.1234567+00:00",
        "userId": PERSON,
        "userPrincipalName": "Analyst7@nordlicht.example",
        "appId": "c0de0000-0000-4000-8000-000000000001",
        "appDisplayName": "Glacier Chat",
        "resourceDisplayName": "Microsoft Graph",
        "ipAddress": "198.18.20.7",
        "clientAppUsed": "Browser",
        "userAgent": "Mozilla/5.0 (X11)",
        "conditionalAccessStatus": "success",
        "status": {"errorCode": 0, "failureReason": "Other."},
        "deviceDetail": {
            "deviceId": "d1e00000-0000-4000-8000-000000000001",
            "displayName": "nl-w-0417",
            "operatingSystem": "Windows10",
            "isCompliant": True,
            "isManaged": False,
        },
        "servicePrincipalId": "",
    },
}
AUDIT = {
    "id": "Directory_1",
    "activityDisplayName": "Consent to application",
    "activityDateTime": "2026-03-04T05:06:07Z",
    "category": "ApplicationManagement",
    "loggedByService": "Core Directory",
    "operationType": "Assign",
    "result": "success",
    "resultReason": "",
    "initiatedBy": {
        "user": {"id": PERSON, "userPrincipalName": LOGIN, "ipAddress": "198.18.20.7"},
        "app": None,
    },
    "targetResources": [
        {
            "id": "t-1",
            "displayName": "Glacier Chat",
            "type": "ServicePrincipal",
            "modifiedProperties": [
                {
                    "displayName": "ConsentAction.Permissions",
                    "oldValue": '""',
                    "newValue": '"[] => [[Id: x, ClientId: 7, Scope: Mail.Read Files.ReadWrite.All, CreatedDateTime: y]]; "',
                },
                {"displayName": "KeyDescription", "newValue": '["hunter2"]'},
            ],
        }
    ],
    "additionalDetails": [{"key": "User-Agent", "value": "x"}],
}
ROW = {
    "id": PERSON,
    "userPrincipalName": "Analyst7@nordlicht.example",
    "displayName": "Seven",
    "mail": "Seven@nordlicht.example",
    "department": "Research",
    "userType": "Member",
    "createdDateTime": "2025-01-02T00:00:00Z",
    "memberOf": [
        {"@odata.type": "#microsoft.graph.directoryRole", "displayName": "Global Reader"},
        {"@odata.type": "#microsoft.graph.group", "displayName": "Everyone"},
    ],
}


def signin(outer=None, **changes):
    return {**SIGNIN, **(outer or {}), "properties": {**SIGNIN["properties"], **changes}}


def audit(activity="Consent to application", **changes):
    return {**AUDIT, "activityDisplayName": activity, **changes}


def changed(name, new, **target):
    return [
        {"id": "t", "type": "User", "modifiedProperties": [{"displayName": name, "newValue": new}], **target}
    ]


def without(record, *keys):
    return {key: value for key, value in record.items() if key not in keys}
