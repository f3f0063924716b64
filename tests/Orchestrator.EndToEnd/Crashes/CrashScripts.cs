using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.EndToEnd.Crashes;

/// <summary>The agent and the verify command as shell scripts.</summary>
internal sealed class CrashScripts
{
    /// <summary>What a script writes to the caller's tree once it is let through a gate: only the verify command can.</summary>
    public const string EvilFile = "evil.txt";

    // When released late, as an orphan, it also tries to write to the caller's tree.
    private const string AgentScript = """
        #!/bin/sh
        echo started >> "$1/runs"
        if [ -p "$1/gate" ]; then
          echo here > "$1/reached"
          read -r _ < "$1/gate"
          echo evil > "$2/evil.txt"
        fi
        for file in src/*/*.txt; do
          echo "a line of the agent" >> "$file"
        done
        rm old/gone.txt
        mkdir -p new/place
        mv old/moved.txt new/place/renamed.txt
        rmdir old
        echo created > new/created.txt
        chmod 755 tool.sh
        """;

    private const string VerifyScript = """
        #!/bin/sh
        here=$(dirname "$0")
        if [ -p "$here/gate" ]; then
          echo here > "$here/reached"
          read -r _ < "$here/gate"
          echo evil > evil.txt
        fi
        code=$(cat "$here/code")
        if [ "$code" != 0 ]; then
          echo dirt >> tool.sh
          echo dirt > dirt.txt
        fi
        exit "$code"
        """;

    private readonly string _repository;
    private readonly string _verifyCode;

    public CrashScripts(string root, string repository)
    {
        _repository = repository;
        AgentFolder = Directory.CreateDirectory(Path.Combine(root, "agent")).FullName;
        var verifyFolder = Directory.CreateDirectory(Path.Combine(root, "verify")).FullName;
        File.WriteAllText(Path.Combine(root, "agent.sh"), AgentScript);
        var verify = Path.Combine(verifyFolder, "verify.sh");
        File.WriteAllText(verify, VerifyScript);
        Verify = "/bin/sh " + verify;
        Agent = ["/bin/sh", Path.Combine(root, "agent.sh"), AgentFolder, repository];
        AgentGate = new CrashGate(AgentFolder);
        VerifyGate = new CrashGate(verifyFolder);
        _verifyCode = Path.Combine(verifyFolder, "code");
        VerifyEndsWith(0);
    }

    public string[] Agent { get; }

    public string AgentFolder { get; }

    public string Verify { get; }

    public CrashGate AgentGate { get; }

    public CrashGate VerifyGate { get; }

    public int AgentRuns => File.Exists(Runs) ? File.ReadAllLines(Runs).Length : 0;

    private string Runs => Path.Combine(AgentFolder, "runs");

    public void Forget() => File.Delete(Runs);

    public void VerifyEndsWith(int exitCode) => File.WriteAllText(_verifyCode, exitCode.ToString(CultureInfo.InvariantCulture));

    public void RunAgentIn(string directory)
    {
        using var process = Process.Start(new ProcessStartInfo(Agent[0], Agent[1..]) { WorkingDirectory = directory })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.False(File.Exists(Path.Combine(_repository, EvilFile)));
    }
}
