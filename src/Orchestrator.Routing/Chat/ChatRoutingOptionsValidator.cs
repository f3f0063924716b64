using Microsoft.Extensions.Options;

namespace Orchestrator.Routing.Chat;

/// <summary>Checks the settings of a routed chat client, and reports every error.</summary>
internal sealed class ChatRoutingOptionsValidator : IValidateOptions<ChatRoutingOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static void ThrowIfWrong(ChatRoutingOptions options)
    {
        var result = new ChatRoutingOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(ChatRoutingOptions), result.Failures);
        }
    }

    public ValidateOptionsResult Validate(string? name, ChatRoutingOptions options)
    {
        List<string> errors = [];
        Check(options.FirstContentTimeout, nameof(options.FirstContentTimeout), errors);
        Check(options.IdleTimeout, nameof(options.IdleTimeout), errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check(TimeSpan value, string name, List<string> errors)
    {
        if (value < Shortest || value > Longest)
        {
            errors.Add($"{name} is {value}; it must be from {Shortest} to {Longest}.");
        }
    }
}
