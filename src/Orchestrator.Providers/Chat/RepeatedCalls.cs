using Orchestrator.Providers.Chat.Tools;

namespace Orchestrator.Providers.Chat;

/// <summary>Notices a model that makes the very same call again and again while nothing changes.</summary>
internal sealed class RepeatedCalls(int allowed)
{
    private readonly Dictionary<(string Name, string Arguments), int> _counts = [];

    public enum Verdict
    {
        Fine,
        Refuse,
        Stop,
    }

    public Verdict Count(string name, ToolArguments arguments)
    {
        var key = (name, arguments.Signature);
        var count = _counts[key] = _counts.GetValueOrDefault(key) + 1;
        return count <= allowed ? Verdict.Fine : count == allowed + 1 ? Verdict.Refuse : Verdict.Stop;
    }

    /// <summary>The workspace changed: the same call may now have another result.</summary>
    public void Forget() => _counts.Clear();
}
