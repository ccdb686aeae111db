"""Invented records of model vendors' own logs, and what the events of every source have in common."""

import json

from tests.understand.samples import ADA, fields_of

ALWAYS = frozenset(
    "@timestamp ecs.version event.id event.kind event.module event.dataset log.file.path log.offset user.name user.domain".split()
)
TIME = "2026-03-04T05:06:07Z"
ARN = "arn:aws:sts::210987654321:assumed-role/ledger-prod/ada.lind@fernwood.example"


def exact(record, source="auto"):
    """Every event without what all have; the decision only where it is no plain allow."""
    return [
        {
            name: value
            for name, value in fields.items()
            if name not in ALWAYS and (name, value) != ("ai.policy.decision", "allow")
        }
        for fields in fields_of(record, source)
    ]


# Amazon Bedrock
BEDROCK = {
    "schemaType": "ModelInvocationLog",
    "schemaVersion": "1.0",
    "timestamp": TIME,
    "accountId": "210987654321",
    "region": "eu-north-1",
    "requestId": "0d9e5c1a-6a44-4a57-9a3e-5f5d2c7b1e10",
    "operation": "Converse",
    "modelId": "arn:aws:bedrock:eu-north-1:210987654321:inference-profile/eu.glacier-4-v1:0",
    "identity": {"arn": ARN},
    "requestMetadata": {"team": "ledger"},
    "input": {
        "inputContentType": "application/json",
        "inputBodyJson": {
            "messages": [
                {"role": "user", "content": [{"text": "old"}]},
                {"role": "assistant", "content": [{"text": "older answer"}]},
                {"role": "user", "content": [{"text": "Which rate holds?"}]},
            ],
            "system": [{"text": "Be short."}],
        },
        "inputTokenCount": 318,
    },
    "output": {
        "outputContentType": "application/json",
        "outputBodyJson": {
            "output": {
                "message": {
                    "role": "assistant",
                    "content": [
                        {"text": "Let me look."},
                        {
                            "toolUse": {
                                "toolUseId": "tooluse_7",
                                "name": "lookup_rate",
                                "input": {"ccy": "NOK"},
                            }
                        },
                    ],
                }
            },
            "stopReason": "tool_use",
            "metrics": {"latencyMs": 812},
            "usage": {"inputTokens": 318, "outputTokens": 44, "totalTokens": 362},
        },
        "outputTokenCount": 44,
    },
}
CHUNKS = [
    {"type": "message_start", "message": {"id": "msg_9f", "role": "assistant", "content": [], "model": "glacier-4-0901", "stop_reason": None, "usage": {"input_tokens": 318, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Ra"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "tes"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "toolu_7", "name": "lookup_rate", "input": {}}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": '{"ccy":"NO'}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": 'K"}'}},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 44}},
    {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 318, "outputTokenCount": 44, "invocationLatency": 2280}},
]  # fmt: skip


def invoked(asked, answered, operation="InvokeModel", **changes):
    """A call of a model with these bodies."""
    return {
        **BEDROCK,
        "operation": operation,
        "input": {"inputContentType": "application/json", "inputBodyJson": asked, "inputTokenCount": 3},
        "output": {
            "outputContentType": "application/json",
            "outputBodyJson": answered,
            "outputTokenCount": 4,
        },
        **changes,
    }


BEDROCK_STREAM = invoked(
    {"messages": [{"role": "user", "content": "Which rate?"}]}, CHUNKS, "InvokeModelWithResponseStream"
)

# Azure OpenAI
OAI = "/SUBSCRIPTIONS/1/RESOURCEGROUPS/FW/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/FW-OAI"
APIM = "/SUBSCRIPTIONS/1/RESOURCEGROUPS/FW/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/FW-APIM"
OBJECT = "b0c20000-0000-4000-8000-000000000002"
DIAGNOSTIC = {
    "time": "2026-03-04T05:06:07.1230000Z",
    "category": "RequestResponse",
    "event": "ShoeboxCallResult",
    "operationName": "ChatCompletions_Create",
    "resourceId": OAI,
    "Tenant": "swedencentral",
    "location": "swedencentral",
    "callerIpAddress": "198.51.100.***",
    "correlationId": "7c0f0000-0000-4000-8000-000000000001",
    "durationMs": 912,
    "resultSignature": "200",
    "properties": json.dumps(
        {
            "apiName": "Azure OpenAI API version 2025-01-01",
            "requestTime": 639081975671230000,
            "requestLength": 412,
            "responseLength": 1960,
            "objectId": "",
            "streamType": "Non-Streaming",
            "modelDeploymentName": "fw-chat",
            "modelName": "glacier-4",
        }
    ),
}
REQUEST = {"model": "fw-chat", "messages": [{"role": "user", "content": "Which rate holds?"}]}
RESPONSE = {
    "id": "chatcmpl-1",
    "model": "glacier-4-0901",
    "choices": [
        {
            "finish_reason": "stop",
            "index": 0,
            "message": {"role": "assistant", "content": "The old one."},
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
        }
    ],
    "prompt_filter_results": [
        {"prompt_index": 0, "content_filter_results": {"jailbreak": {"filtered": False, "detected": False}}}
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 4},
}
GATEWAY_PROPERTIES = {
    "method": "POST",
    "url": "https://fw-apim.azure-api.example/deployments/fw-chat/chat/completions?api-version=2025-01-01",
    "backendUrl": "https://fw-oai.openai.azure.example/openai/deployments/fw-chat/chat/completions?api-version=2",
    "responseCode": 200,
    "backendResponseCode": 200,
    "requestSize": 612,
    "responseSize": 2011,
    "apiId": "oai",
    "operationId": "ChatCompletions_Create",
    "subscriptionId": "sub-7",
    "userId": "u-3",
    "requestHeaders": {"User-Agent": "fw-ledger/1.2"},
    "requestBody": json.dumps(REQUEST),
    "responseBody": json.dumps(RESPONSE) + "\n",
    "backendRequestBody": json.dumps(REQUEST),
}
GATEWAY = {
    "time": "2026-03-04T05:06:07.1234567Z",
    "category": "GatewayLogs",
    "operationName": "Microsoft.ApiManagement/GatewayLogs",
    "resourceId": APIM,
    "correlationId": "d2b80000-0000-4000-8000-000000000002",
    "callerIpAddress": "198.51.100.7",
    "isRequestSuccess": True,
    "resultType": "Succeeded",
    "durationMs": 913,
    "Level": 4,
    "truncated": 0,
    "properties": GATEWAY_PROPERTIES,
}
GATEWAY_LLM = {
    "time": "2026-03-04T05:06:07.1234567Z",
    "category": "GatewayLlmLogs",
    "operationName": "Microsoft.ApiManagement/GatewayLlmLogs",
    "resourceId": APIM,
    "properties": {
        "correlationId": "d2b80000-0000-4000-8000-000000000002",
        "requestId": "r-1",
        "operationName": "ChatCompletions_Create",
        "deploymentName": "fw-chat",
        "modelName": "glacier-4",
        "promptTokens": 9,
        "completionTokens": 4,
        "totalTokens": 13,
        "isStreamCompletion": False,
        "sequenceNumber": 0,
        "requestMessages": json.dumps(REQUEST["messages"]),
        "responseMessages": [{"role": "assistant", "content": "The old one."}],
    },
}


def gated(**changes):
    """A call through the gateway with other properties."""
    return {**GATEWAY, "properties": {**GATEWAY_PROPERTIES, **changes}}


# OpenAI
SESSION_ACTOR = {
    "type": "session",
    "session": {
        "user": {"id": "user-fw7", "email": ADA},
        "ip_address": "198.51.100.7",
        "user_agent": "Mozilla/5.0",
        "ip_address_details": {"country": "SE", "asn": "64512"},
    },
}
AUDIT = {
    "id": "audit_log-1",
    "object": "organization.audit_log",
    "type": "service_account.created",
    "effective_at": 1772600767,
    "project": {"id": "proj_fw9", "name": "ledger"},
    "actor": SESSION_ACTOR,
    "service_account.created": {"id": "svc_1", "data": {"role": "member"}},
}
USER_MESSAGE = {
    "object": "compliance.workspace.conversation.message",
    "id": "5a-1",
    "parent_id": "59-1",
    "created_at": 1772600760.25,
    "author": {"role": "user", "tool_name": "myfiles_browser"},
    "content": {"type": "text", "value": "Sum up the table.", "annotations": []},
    "files": {
        "object": "list",
        "data": [
            {"id": "file-fw1", "name": "q1 rates.XLSX", "download_url": "https://files.example/?sig=private"}
        ],
    },
    "gpt_id": "g-fw4",
}
ASSISTANT_MESSAGE = {
    "object": "compliance.workspace.conversation.message",
    "id": "5b-1",
    "parent_id": "5a-1",
    "created_at": 1772600767.25,
    "author": {"role": "assistant", "tool_name": None},
    "content": {"type": "text", "value": "It sums to 7."},
    "files": None,
    "model": "glacier-4",
}
CONVERSATION = {
    "object": "compliance.workspace.conversation",
    "id": "0f2d-1",
    "title": "Rates table",
    "workspace_id": "9e7a-1",
    "user_id": "user-fw7",
    "user_email": ADA,
    "created_at": 1772600700.118,
    "last_active_at": 1772600800.5,
    "messages": {"object": "list", "has_more": False, "data": [ASSISTANT_MESSAGE, USER_MESSAGE]},
}
CHAT_MESSAGE = {
    **{key: value for key, value in CONVERSATION.items() if key != "messages"},
    "message": USER_MESSAGE,
}

# Anthropic
ACTIVITY = {
    "id": "activity_01",
    "type": "claude_file_uploaded",
    "created_at": "2026-03-04T05:06:07.123456Z",
    "organization_id": "org_01",
    "organization_uuid": "1c9d-1",
    "actor": {
        "type": "user_actor",
        "email_address": ADA,
        "user_id": "user_01",
        "ip_address": "198.51.100.7",
        "user_agent": "Mozilla/5.0",
    },
    "claude_chat_id": "claude_chat_01",
    "filename": "q1.xlsx",
}
CHAT = {
    "id": "claude_chat_01",
    "name": "Rates",
    "created_at": TIME,
    "updated_at": TIME,
    "deleted_at": None,
    "model": "claude-glacier-4",
    "organization_uuid": "1c9d-1",
    "project_id": None,
    "user": {"id": "user_01", "email_address": ADA},
}
CHAT_MESSAGES = {
    **CHAT,
    "chat_messages": [
        {
            "id": "claude_chat_msg_01",
            "role": "user",
            "created_at": TIME,
            "content": [{"type": "text", "text": "Sum it up."}],
            "files": [
                {
                    "id": "claude_file_01",
                    "filename": "q1.xlsx",
                    "mime_type": "text/csv",
                    "size_bytes": 7,
                    "md5": "0",
                }
            ],
        },
        {
            "id": "claude_chat_msg_02",
            "role": "assistant",
            "created_at": TIME,
            "content": [{"type": "text", "text": "Seven."}],
            "generated_files": [{"id": "claude_file_02", "filename": "sum.csv", "mime_type": "text/csv"}],
            "artifacts": [
                {"id": "art_1", "version_id": "artv_1", "title": "Summary", "artifact_type": "text"}
            ],
        },
    ],
    "has_more": False,
}
LOCAL = {
    "type": "compliance_local_session",
    "id": "clls_01",
    "organization_uuid": "1c9d-1",
    "workspace_id": None,
    "user": {"id": "user_01", "email_address": ADA},
    "product_surface": "claude_code",
    "created_at": TIME,
}
LOCAL_MESSAGES = {
    "session": LOCAL,
    "data": [
        {
            "type": "compliance_local_session_message",
            "id": "clsm_01",
            "role": "user",
            "created_at": TIME,
            "provenance": None,
            "content": [{"type": "text", "text": "List the files.", "truncated": False}],
        },
        {
            "type": "compliance_local_session_message",
            "id": "clsm_02",
            "role": "assistant",
            "created_at": TIME,
            "provenance": {"type": "client_asserted"},
            "content": [
                {"type": "text", "text": "I list them.", "truncated": True},
                {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": '{"command": "ls -l"}', "truncated": False},
            ],
        },
        {
            "type": "compliance_local_session_message",
            "id": "clsm_03",
            "role": "user",
            "created_at": TIME,
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "name": "Bash", "is_error": True, "content": [{"type": "text", "text": "denied"}], "truncated": False}
            ],
        },
    ],
    "next_page": None,
}  # fmt: skip
REMOTE = {
    "id": "cse_01",
    "organization_uuid": "1c9d-1",
    "user": None,
    "agent_id": "cagt_01",
    "started_by_user": {"id": "user_01", "email_address": ADA},
    "status": "active",
    "created_at": TIME,
    "updated_at": TIME,
    "product_surface": "cowork_remote",
    "claude_project_id": None,
}
REMOTE_EVENTS = {
    "session": REMOTE,
    "data": [
        {"id": "csev_01", "role": "user", "created_at": TIME, "content": [{"type": "text", "text": "Go on."}], "sent_by_user_id": "user_02", "content_unavailable": False},
        {"id": "csev_02", "role": "assistant", "created_at": TIME, "content": [], "content_unavailable": True},
    ],
    "next_page": None,
}  # fmt: skip
ATTACHMENT = {
    "id": "claude_proj_doc_01",
    "created_at": TIME,
    "filename": "plan.md",
    "mime_type": "text/markdown",
    "type": "project_doc",
}

RECORDS = {
    "bedrock": [BEDROCK, BEDROCK_STREAM],
    "azure_openai": [DIAGNOSTIC, GATEWAY, GATEWAY_LLM],
    "openai": [AUDIT, CONVERSATION, CHAT_MESSAGE],
    "anthropic": [ACTIVITY, CHAT, CHAT_MESSAGES, LOCAL, LOCAL_MESSAGES, REMOTE, REMOTE_EVENTS, ATTACHMENT],
}
