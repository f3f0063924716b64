using Orchestrator.Json;
using Orchestrator.Providers.Command;

namespace Orchestrator.Cli.Configuration;

/// <summary>What a command prints: <c>output</c>, and where in its JSON lines things stand: <c>mapping</c>.</summary>
internal static class CommandOutputSettings
{
    private static readonly Dictionary<string, Action<CommandOutputMapping, string>> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["message"] = static (mapping, value) => mapping.Message = value,
        ["tool"] = static (mapping, value) => mapping.Tool = value,
        ["target"] = static (mapping, value) => mapping.Target = value,
        ["error"] = static (mapping, value) => mapping.Error = value,
        ["status"] = static (mapping, value) => mapping.Status = value,
        ["session"] = static (mapping, value) => mapping.Session = value,
        ["inputTokens"] = static (mapping, value) => mapping.InputTokens = value,
        ["cachedInputTokens"] = static (mapping, value) => mapping.CachedInputTokens = value,
        ["outputTokens"] = static (mapping, value) => mapping.OutputTokens = value,
        ["costUsd"] = static (mapping, value) => mapping.CostUsd = value,
        ["lastLine"] = static (mapping, value) => mapping.LastLine = value,
        ["addUsage"] = static (mapping, value) => mapping.AddUsage = bool.TryParse(value, out var add) ? add : throw new FormatException($"addUsage is '{value}'; it must be true or false."),
    };

    public static void Read(SettingReader reader, CommandProviderOptions options)
    {
        reader.Flag("instructionsOnInput", value => options.InstructionsOnInput = value);
        reader.Text("output", value => options.Output = value == CommandOutputFormat.Text.ToName() ? CommandOutputFormat.Text
            : value == CommandOutputFormat.JsonLines.ToName() ? CommandOutputFormat.JsonLines
            : throw new FormatException($"'{value}' is not one of {CommandOutputFormat.Text.ToName()}, {CommandOutputFormat.JsonLines.ToName()}"));
        reader.Map("mapping", values =>
        {
            foreach (var (key, value) in values)
            {
                if (!Keys.TryGetValue(key, out var assign))
                {
                    throw new FormatException($"'{key}' is not one of {string.Join(", ", Keys.Keys)}");
                }

                assign(options.Mapping, value);
            }
        });
    }
}
