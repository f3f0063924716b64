using Microsoft.Extensions.Options;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Decides whether a message may be carried out, and makes the agent task of it.</summary>
internal sealed class ProviderTaskGate(IOptionsMonitor<ProviderTaskOptions> options, SecretResolver secrets, ISecretRedactor redactor)
{
    /// <summary>Why a message is refused because of a secret in it; <see langword="null"/> when there is none. The words do not repeat it.</summary>
    /// <param name="payload">The whole message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<string?> FindSecretAsync(string payload, CancellationToken cancellationToken)
    {
        // The redactor knows what was handed out before; of the rest it hears now. The names that the message gives are not looked up: what they lead to would be blotted out everywhere from then on.
        foreach (var name in SecretNames.All.Concat(options.CurrentValue.Factories.Values.SelectMany(static factory => factory.AllowedSecrets)).Distinct(StringComparer.Ordinal))
        {
            await LearnAsync(name, cancellationToken).ConfigureAwait(false);
        }

        if (redactor.Redact(payload) != payload)
        {
            return "A known secret stands in the message. Messages are stored and shown: name the secret in env_vars, and leave its value out.";
        }

        return SecretPatterns.Find(payload) is { } kind
            ? $"Something that looks like {kind} stands in the message. Messages are stored and shown: name the secret in env_vars, and leave its value out."
            : null;
    }

    /// <summary>The agent task of a message, or why it is refused.</summary>
    public (AgentTask? Task, string? Refusal) Plan(ProviderTask message)
    {
        if (!options.CurrentValue.Factories.TryGetValue(message.Factory, out var factory))
        {
            return (null, $"There is no factory '{Shorten(message.Factory)}'. There are: {Listed(options.CurrentValue.Factories.Keys)}.");
        }

        if (Refuse(message, factory) is { } refusal)
        {
            return (null, refusal);
        }

        try
        {
            return (CreateTask(message, factory), null);
        }
        catch (ArgumentException error)
        {
            return (null, error.Message);
        }
    }

    internal static bool IsVariable(string name) =>
        name.Length is > 0 and <= 200 && !char.IsAsciiDigit(name[0]) && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    internal static string ExpandHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path;

    private static string? Refuse(ProviderTask message, ProviderTaskFactory factory)
    {
        if (factory.Providers.Count > 0 && !factory.Providers.Contains(message.Provider, StringComparer.OrdinalIgnoreCase))
        {
            return $"The provider '{Shorten(message.Provider)}' may not work in the factory '{message.Factory}'. These may: {Listed(factory.Providers)}.";
        }

        if (message.CliCommand is [var program, ..] && !program.Equals(message.Provider, StringComparison.OrdinalIgnoreCase))
        {
            return $"cli_command must begin with the provider's name, '{Shorten(message.Provider)}': which program that is, the host says.";
        }

        // Neither a value in the place of a name nor an argument is repeated: either may be a secret that nobody knows as one.
        if (message.EnvVars.Any(static name => !IsVariable(name)))
        {
            return "env_vars must hold names of secrets, such as GITHUB_TOKEN, and never values.";
        }

        if (message.EnvVars.FirstOrDefault(name => !factory.AllowedSecrets.Contains(name)) is { } secret)
        {
            return $"The factory '{message.Factory}' does not allow the secret {secret} (AllowedSecrets).";
        }

        var place = message.CliCommand.Skip(1).ToList().FindIndex(argument => !factory.AllowedArguments.Any(allowed => Allows(allowed, argument)));
        return place < 0 ? null : $"The factory '{message.Factory}' does not allow argument {place + 1} of cli_command (AllowedArguments).";
    }

    private static bool Allows(string allowed, string argument) =>
        allowed.EndsWith('*') ? argument.StartsWith(allowed[..^1], StringComparison.Ordinal) : argument == allowed;

    private static AgentTask CreateTask(ProviderTask message, ProviderTaskFactory factory) => new()
    {
        Id = message.TaskId,
        Type = message.Type == AgentTaskType.Unknown ? throw new ArgumentException("type must be generate, fix, refactor or optimize.") : message.Type ?? AgentTaskType.Fix,
        Instructions = message.Instructions,
        Source = new LocalSource { Path = Path.GetFullPath(ExpandHome(factory.Repository)) },
        Provider = message.Provider,
        PreferredModel = message.Model,
        Priority = message.Priority,
        MaxCostUsd = factory.MaxCostUsd,
        VerifyCommand = factory.VerifyCommand is { } verify ? CommandLine.Parse(verify) : null,
        Output = factory.Output,
        AllowDirty = factory.AllowDirty,
        Labels = new ValueMap([new("factory", message.Factory)]),
    };

    private async ValueTask LearnAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            if (IsVariable(name))
            {
                await secrets.FindAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SecretSourceException)
        {
            // Whoever needs the secret hears of it; here it is only unknown.
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "none";

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
