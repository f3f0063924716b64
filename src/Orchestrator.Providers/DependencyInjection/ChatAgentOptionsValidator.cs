using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers.Chat;
using Orchestrator.Providers.Chat.Tools;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports everything that is wrong with a chat agent's settings.</summary>
internal sealed class ChatAgentOptionsValidator : IValidateOptions<ChatAgentOptions>
{
    public ValidateOptionsResult Validate(string? name, ChatAgentOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Check(options.MaxTurns >= 1, nameof(options.MaxTurns), "must be at least 1");
        Check(options.MaxTokens is null or >= 1, nameof(options.MaxTokens), "must be at least 1");
        Check(options.MaxCostUsd is null or > 0, nameof(options.MaxCostUsd), "must be above 0");
        Check(options.MaxCostUsd is null || options.Models.Count > 0, nameof(options.MaxCostUsd), $"can be kept only when {nameof(options.Models)} holds the prices");
        Check(options.MaxOutputTokens is null or >= 1, nameof(options.MaxOutputTokens), "must be at least 1");
        Check(options.Temperature is null or (>= 0 and <= 2), nameof(options.Temperature), "must be between 0 and 2");
        Check(options.MaxIdenticalCalls >= 1, nameof(options.MaxIdenticalCalls), "must be at least 1");
        Check(options.RequestRetries is >= 0 and <= 10, nameof(options.RequestRetries), "must be between 0 and 10");
        Check(options.CommandTimeLimit > TimeSpan.Zero, nameof(options.CommandTimeLimit), "must be above zero");
        Check(options.MaxFileBytes is >= 1024 and <= 64 * 1024 * 1024, nameof(options.MaxFileBytes), "must be between 1 KiB and 64 MiB");
        Check(options.MaxToolOutput is >= 1000 and <= 10_000_000, nameof(options.MaxToolOutput), "must be between 1,000 and 10,000,000");
        Check(options.PricePerTaskUsd >= 0, nameof(options.PricePerTaskUsd), "must not be negative");
        Check(options.TimeLimits is not null, nameof(options.TimeLimits), "must be set");
        foreach (var secret in options.SecretNames.Where(secret => !Identifiers.IsName(secret)))
        {
            Check(false, nameof(options.SecretNames), $"holds '{secret}', which is not a valid name");
        }

        foreach (var command in options.AllowedCommands)
        {
            Check(FindError(command) is not { } error, nameof(options.AllowedCommands), $"holds '{command}', which is not a command: {FindError(command)}");
        }

        return errors.Build();

        void Check(bool isRight, string property, string words)
        {
            if (!isRight)
            {
                errors.AddError($"Provider '{name}': {property} {words.TrimEnd('.')}.");
            }
        }
    }

    private static string? FindError(string command)
    {
        try
        {
            AllowedCommand.Parse(command);
            return null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return exception.Message;
        }
    }
}
