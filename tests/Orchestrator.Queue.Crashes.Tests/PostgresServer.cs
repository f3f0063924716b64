using System.Diagnostics;
using Npgsql;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>A PostgreSQL server of a test's own, which it may stop and crash. Reached by a socket in a folder that nobody else may enter.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string? _user;

    private PostgresServer(string folder, string? user) => (_folder, _user) = (folder, user);

    public string ConnectionString => $"Host={_folder};Username=orchestrator;Database=postgres";

    /// <summary>When the server was up again, by the clock of this machine, which is the server's.</summary>
    public List<DateTimeOffset> Starts { get; } = [];

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Makes an empty database and starts the server; skips the test, or fails it, where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("orchestrator-postgres-").FullName;

        // PostgreSQL refuses to run as root.
        var server = new PostgresServer(folder, Environment.UserName == "root" ? "postgres" : null);
        if (server._user is not null)
        {
            await RunAsync("chown", [server._user, folder], cancellationToken);
        }

        await server.RunAsUserAsync("initdb", ["-D", server.Data, "-U", "orchestrator", "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync"], cancellationToken);
        await server.StartServerAsync(cancellationToken);
        return server;
    }

    /// <summary>Stops the server and starts it again.</summary>
    /// <param name="mode"><c>fast</c> to end every session in order, <c>immediate</c> to crash.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RestartAsync(string mode, CancellationToken cancellationToken)
    {
        await RunAsUserAsync("pg_ctl", ["stop", "-s", "-w", "-m", mode, "-D", Data], cancellationToken);
        await StartServerAsync(cancellationToken);
    }

    /// <summary>Cuts some of the connections, in the middle of whatever they do.</summary>
    public async Task CutAsync(int percent, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() * 100 < @percent";
        command.Parameters.AddWithValue("percent", percent);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsUserAsync("pg_ctl", ["stop", "-s", "-m", "immediate", "-D", Data], CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    // No power failure is tried here: what PostgreSQL handed to the operating system outlives its processes.
    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        await RunAsUserAsync(
            "pg_ctl",
            ["start", "-s", "-w", "-t", "60", "-D", Data, "-l", Path.Combine(_folder, "server.log"), "-o", $"-k {_folder} -c listen_addresses= -c fsync=off -c max_connections=200"],
            cancellationToken);
        Starts.Add(TimeProvider.System.GetUtcNow());
    }

    private Task RunAsUserAsync(string tool, string[] arguments, CancellationToken cancellationToken) =>
        _user is null ? RunAsync(Find(tool), arguments, cancellationToken) : RunAsync("runuser", ["-u", _user, "--", Find(tool), .. arguments], cancellationToken);

    private static string Find(string tool) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin", tool)).LastOrDefault(File.Exists)
                ?? Engines.Require(tool)
            : Engines.Require(tool);

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        // The server must not keep a pipe of ours open: only errors are read, and only of tools that end.
        var isServer = arguments.Contains("start");
        var start = new ProcessStartInfo(program) { WorkingDirectory = "/", RedirectStandardOutput = !isServer, RedirectStandardError = !isServer };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var errors = isServer ? "" : await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors}");
    }
}
