using System.Diagnostics;

namespace Orchestrator.Benchmarks.Agents;

/// <summary>The command line, environment, input and home of one run through a provider, to be run again by hand.</summary>
internal sealed class RecordedCommand
{
    private readonly string _program;
    private readonly string[] _arguments;
    private readonly Dictionary<string, string> _environment;
    private readonly string _input;

    private RecordedCommand(string program, string[] arguments, Dictionary<string, string> environment, string input) =>
        (_program, _arguments, _environment, _input) = (program, arguments, environment, input);

    /// <summary>Lets a provider start a script in the place of its program: it writes down what it was given, and goes on as the program.</summary>
    public static async Task<RecordedCommand> RecordAsync(MeasuredAgent agent, ModelServer server, AgentPlace place)
    {
        place.Renew();
        var script = place.RecordedHome + ".sh";
        await File.WriteAllTextAsync(script, $"""
            #!/bin/sh
            to="$TMPDIR/recorded"
            mkdir "$to" && for argument in "$@"; do printf '%s\0' "$argument"; done > "$to/arguments"
            env -0 > "$to/environment" && cat > "$to/input" && cp -a "$HOME" "$to/home"
            exec "{agent.Program}" "$@" < "$to/input"

            """);
        ExternalProgram.Run(Path.GetDirectoryName(script)!, "chmod", "+x", script);

        // Without the proxy, whose address is that of one execution only.
        await agent.RunAsync(server, place, script, useProxy: false);
        var from = Path.Combine(place.Workspace.TemporaryDirectory, "recorded");
        Directory.Move(Path.Combine(from, "home"), place.RecordedHome);
        return new RecordedCommand(
            agent.Program!,
            await ReadAsync(from, "arguments"),
            (await ReadAsync(from, "environment")).Select(static pair => pair.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]),
            await File.ReadAllTextAsync(Path.Combine(from, "input")));
    }

    /// <summary>Runs the program by hand, to the end; its output is read and thrown away.</summary>
    /// <exception cref="InvalidOperationException">It failed: the measurement would mean nothing.</exception>
    public async Task RunAsync(AgentPlace place)
    {
        Copy(place.RecordedHome, place.Workspace.HomeDirectory);
        var start = new ProcessStartInfo(_program, _arguments)
        {
            WorkingDirectory = place.Workspace.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(_input);
        process.StandardInput.Close();
        await Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(Stream.Null), process.StandardError.BaseStream.CopyToAsync(Stream.Null), process.WaitForExitAsync());
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{_program} ended with {process.ExitCode}: the measurement would mean nothing.");
        }
    }

    private static async Task<string[]> ReadAsync(string folder, string name) => (await File.ReadAllTextAsync(Path.Combine(folder, name))).Split('\0')[..^1];

    /// <summary>A few settings files, as the provider writes them within its time.</summary>
    private static void Copy(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
