using System.Text.Json.Nodes;

namespace Orchestrator.Providers.Cli.Gemini;

/// <summary>The settings file of a run. It is given as the system's, which no file of the repository can overrule.</summary>
internal static class GeminiSettings
{
    // Its own limit is 10 attempts, which can take more than our idle clock allows.
    private const int MaxAttempts = 3;

    public static string Create(int? maxTurns)
    {
        var settings = new JsonObject
        {
            ["security"] = new JsonObject
            {
                ["auth"] = new JsonObject { ["selectedType"] = "gemini-api-key" },

                // Off: whether the folder is trusted is said by a variable. On, it would refuse to run in a folder that is not.
                ["folderTrust"] = new JsonObject { ["enabled"] = false },

                // Keeps the key and whatever else looks like a secret from the shell that the agent runs commands in.
                ["environmentVariableRedaction"] = new JsonObject { ["enabled"] = true },
            },
            ["privacy"] = new JsonObject { ["usageStatisticsEnabled"] = false },
            ["telemetry"] = new JsonObject { ["enabled"] = false },
            ["general"] = new JsonObject { ["enableAutoUpdate"] = false, ["enableAutoUpdateNotification"] = false, ["maxAttempts"] = MaxAttempts },
        };
        if (maxTurns is { } turns)
        {
            settings["model"] = new JsonObject { ["maxSessionTurns"] = turns };
        }

        return settings.ToJsonString();
    }
}
