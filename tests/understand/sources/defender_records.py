"""Invented rows of Microsoft Defender, one of each table."""

LOGIN, TENANT = "analyst7@nordlicht.example", "9e7a0000-1111-4222-8333-444455556666"
PERSON, SID = "b0c20000-0000-4000-8000-000000000007", "S-1-12-1-7"
COMMON = {
    "Timestamp": "2026-03-04T05:06:07.1234567Z",
    "DeviceId": "5b1f0c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7081",
    "DeviceName": "NL-w-0417.nordlicht.example",
    "ReportId": 48113,
    "MachineGroup": "Field Office",
    "AppGuardContainerId": "",
    "InitiatingProcessAccountDomain": "nordlicht",
    "InitiatingProcessAccountName": "analyst7",
    "InitiatingProcessAccountSid": SID,
    "InitiatingProcessAccountUpn": "Analyst7@nordlicht.example",
    "InitiatingProcessAccountObjectId": PERSON,
    "InitiatingProcessFileName": "explorer.exe",
    "InitiatingProcessFolderPath": "c:\\windows\\explorer.exe",
    "InitiatingProcessCommandLine": "Explorer.EXE",
    "InitiatingProcessId": 4711,
    "InitiatingProcessParentFileName": "userinit.exe",
    "InitiatingProcessSHA256": "aa11",
    "InitiatingProcessVersionInfoProductName": "Explorer",
    "AdditionalFields": "{}",
}
STARTED = {
    "ActionType": "ProcessCreated",
    "FileName": "claude.exe",
    "FolderPath": "C:\\Users\\analyst7\\claude\\claude.exe",
    "ProcessId": 9120,
    "ProcessCommandLine": "claude.exe --dangerously-skip-permissions",
    "AccountDomain": "nordlicht",
    "AccountName": "analyst7",
    "AccountSid": SID,
    "AccountUpn": None,
    "AccountObjectId": "",
    "SHA256": "bb22",
    "ProcessVersionInfoProductName": "Claude",
}
CREATED = {
    "ActionType": "FileCreated",
    "FileName": "q1 rates.xlsx",
    "FolderPath": "C:\\Users\\analyst7\\Downloads\\q1 rates.xlsx",
    "FileSize": 88211,
    "SHA256": "cc33",
    "FileOriginUrl": "https://share.glacier.example/q1?token=hunter2",
    "SensitivityLabel": "Confidential",
    "SensitivitySubLabel": "Finance",
}
CONNECTED = {
    "ActionType": "ConnectionSuccess",
    "RemoteIP": "198.18.140.3",
    "RemotePort": 443,
    "RemoteUrl": "chat.glacier-ai.example",
    "LocalIP": "198.18.20.7",
    "LocalPort": 50111,
    "Protocol": "Tcp",
    "InitiatingProcessFileName": "msedge.exe",
}
LOGGED_ON = {
    "ActionType": "LogonSuccess",
    "LogonType": "RemoteInteractive",
    "AccountName": "analyst8",
    "AccountDomain": "nordlicht.example",
    "AccountSid": "S-1-12-1-8",
    "RemoteIP": "198.18.20.8",
    "InitiatingProcessAccountName": "system",
}
DEVICE = {
    "AadDeviceId": "d1e00000-0000-4000-8000-000000000001",
    "OSPlatform": "Windows11",
    "OSVersion": "10.0",
    "LoggedOnUsers": '[{"UserName":"analyst7","DomainName":"nordlicht","Sid":"S-1-12-1-7"}]',
    "IsAzureADJoined": True,
}
IDENTITY = {
    "ActionType": "LogonFailed",
    "AccountUpn": LOGIN,
    "AccountObjectId": PERSON,
    "IPAddress": "198.18.20.7",
    "Application": "Microsoft 365",
    "FailureReason": "WrongPassword",
}


def row(table, columns=None, **changes):
    return {
        "time": "2026-03-04T05:08:11.4210000Z",
        "tenantId": TENANT,
        "operationName": "Publish",
        "category": f"AdvancedHunting-{table}",
        "properties": {**COMMON, **(columns or {}), **changes},
    }


PROCESS, FILE = row("DeviceProcessEvents", STARTED), row("DeviceFileEvents", CREATED)
NETWORK, LOGON = row("DeviceNetworkEvents", CONNECTED), row("DeviceLogonEvents", LOGGED_ON)


def flat(columns, **more):
    return {**COMMON, **columns, **more}
