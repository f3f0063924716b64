namespace Orchestrator.Providers.Cli.Cursor;

/// <summary>Lines as Cursor's documentation describes them; there is no recording of the real one.</summary>
internal static class CursorLines
{
    public static readonly string[] Edit =
    [
        """{"type":"system","subtype":"init","apiKeySource":"env","cwd":"/w","session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff","model":"Sonnet 4.5","permissionMode":"default"}""",
        """{"type":"user","message":{"role":"user","content":[{"type":"text","text":"Please change line two."}]},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"thinking","subtype":"delta","text":"Let me","session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"thinking","subtype":"completed","session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"Working on "},{"type":"text","text":"step 1."}]},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff","model_call_id":"m1"}""",
        """{"type":"tool_call","subtype":"started","call_id":"call_1\nfc_2","tool_call":{"editToolCall":{"args":{"path":"/w/hello.txt"}}},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"tool_call","subtype":"completed","call_id":"call_1\nfc_2","tool_call":{"editToolCall":{"args":{"path":"/w/hello.txt"},"result":{"success":{"linesAdded":1}}}},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"tool_call","subtype":"started","call_id":"call_3","tool_call":{"shellToolCall":{"args":{"command":"make"}}},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"tool_call","subtype":"completed","call_id":"call_3","tool_call":{"shellToolCall":{"args":{"command":"make"},"result":{"success":{"exitCode":2,"stdout":""}}}},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"Done."}]},"session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff"}""",
        """{"type":"result","subtype":"success","duration_ms":5234,"duration_api_ms":5234,"is_error":false,"result":"Done.","session_id":"c6b62c6f-7ead-4fd6-9922-e952131177ff","request_id":"r1","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":30,"cacheWriteTokens":5}}""",
    ];

    public static readonly string[] Refused =
    [
        Edit[0],
        """{"type":"tool_call","subtype":"started","call_id":"c1","tool_call":{"writeToolCall":{"args":{"path":"/w/a.txt","fileText":"x"}}},"session_id":"s"}""",
        """{"type":"tool_call","subtype":"completed","call_id":"c1","tool_call":{"writeToolCall":{"args":{"path":"/w/a.txt"},"result":{"rejected":{"reason":"no"}}}},"session_id":"s"}""",
        """{"type":"result","subtype":"success","is_error":false,"result":"I could not.","session_id":"s"}""",
    ];
}
