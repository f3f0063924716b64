using System.Text.Json.Nodes;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>Configures shell scripts as providers: the shortest way to an agent that does exactly one thing, good or bad.</summary>
internal static class ShellProviders
{
    /// <summary>Writes a configuration file with one provider that runs <paramref name="script"/> with <c>sh -c</c> in its workspace; returns the file's path.</summary>
    public static string ConfigureShell(this CliRig rig, string provider, string script, JsonObject? settings = null) =>
        rig.ConfigureProviders((provider, Shell(script, settings)));

    /// <summary>Writes a configuration file with these providers; returns its path.</summary>
    public static string ConfigureProviders(this CliRig rig, params (string Name, JsonObject Settings)[] providers)
    {
        var configured = new JsonObject();
        foreach (var (name, settings) in providers)
        {
            configured[name] = settings;
        }

        // The first choice must not depend on a draw.
        var routing = new JsonObject { ["seed"] = 42, ["learning"] = new JsonObject { ["explorationShare"] = 0, ["floorShare"] = 0 } };
        return rig.Configure(new JsonObject { ["providers"] = configured, ["routing"] = routing }.ToJsonString());
    }

    /// <summary>The settings of a command provider that runs a script, with more settings beside.</summary>
    public static JsonObject Shell(string script, JsonObject? settings = null) => Command(settings, "sh", "-c", script);

    /// <summary>The settings of a command provider, with more settings beside.</summary>
    public static JsonObject Command(JsonObject? settings, params string[] command)
    {
        settings ??= [];
        settings["command"] = new JsonArray([.. command.Select(word => (JsonNode)word)]);
        return settings;
    }
}
