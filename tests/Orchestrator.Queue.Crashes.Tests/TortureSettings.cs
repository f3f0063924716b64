using System.Text.Json;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>What a test tells its children, in a file: connection strings are no arguments.</summary>
internal sealed record TortureSettings
{
    /// <summary>The file of a SQLite database; <see langword="null"/> for PostgreSQL.</summary>
    public string? SqlitePath { get; init; }

    /// <summary>Where a PostgreSQL database is; <see langword="null"/> for SQLite.</summary>
    public string? PostgresConnection { get; init; }

    /// <summary>Whether PostgreSQL tells workers of new tasks.</summary>
    public bool Notify { get; init; } = true;

    /// <summary>The folder of the side effects, of what producers were told, and of these settings.</summary>
    public required string Folder { get; init; }

    /// <summary>How many tasks are enqueued.</summary>
    public required int Tasks { get; init; }

    /// <summary>By how much the clock of this child is wrong.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>The name of this child.</summary>
    public string Name { get; init; } = "child";

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    public string AcksPath => Path.Combine(Folder, "acks");

    public static TortureSettings Read(string path) => JsonSerializer.Deserialize<TortureSettings>(File.ReadAllText(path))!;

    /// <summary>Writes them down for a child of that name.</summary>
    public string WriteFor(string name, TimeSpan skew)
    {
        var path = Path.Combine(Folder, $"{name}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(this with { Name = name, Skew = skew }));
        return path;
    }
}
