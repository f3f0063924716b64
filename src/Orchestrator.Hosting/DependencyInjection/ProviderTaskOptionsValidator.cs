using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting;

/// <summary>Checks the factories at start and reports everything that is wrong at once.</summary>
internal sealed class ProviderTaskOptionsValidator : IValidateOptions<ProviderTaskOptions>
{
    public ValidateOptionsResult Validate(string? name, ProviderTaskOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (options.MaxAttempts is < 1 or > 100)
        {
            builder.AddError($"{nameof(options.MaxAttempts)} must be from 1 to 100.");
        }

        foreach (var (factory, settings) in options.Factories)
        {
            foreach (var error in Errors(factory, settings))
            {
                builder.AddError($"{nameof(options.Factories)}[{factory}]: {error}");
            }
        }

        return builder.Build();
    }

    private static IEnumerable<string> Errors(string name, ProviderTaskFactory factory)
    {
        if (!Identifiers.IsName(name))
        {
            yield return "the name of a factory must be a valid identifier.";
        }

        if (string.IsNullOrWhiteSpace(factory.Repository) || !Path.IsPathRooted(ExpandHome(factory.Repository)))
        {
            yield return $"{nameof(factory.Repository)} must be an absolute path.";
        }

        if (factory.MaxCostUsd < 0)
        {
            yield return $"{nameof(factory.MaxCostUsd)} must not be negative.";
        }

        foreach (var secret in factory.AllowedSecrets.Where(static secret => !ProviderTaskGate.IsVariable(secret)))
        {
            yield return $"{nameof(factory.AllowedSecrets)}: '{secret}' cannot be the name of an environment variable.";
        }

        if (factory.AllowedArguments.Contains("*"))
        {
            yield return $"{nameof(factory.AllowedArguments)} must not allow everything.";
        }

        if (VerifyCommandError(factory) is { } error)
        {
            yield return error;
        }
    }

    private static string? VerifyCommandError(ProviderTaskFactory factory)
    {
        try
        {
            _ = factory.VerifyCommand is { } text ? CommandLine.Parse(text) : null;
            return null;
        }
        catch (FormatException error)
        {
            return $"{nameof(factory.VerifyCommand)}: {error.Message}";
        }
    }

    private static string ExpandHome(string path) => ProviderTaskGate.ExpandHome(path);
}
