using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting;

/// <summary>Checks the options at start and reports everything that is wrong at once.</summary>
internal sealed class OrchestratorOptionsValidator : IValidateOptions<OrchestratorOptions>
{
    public ValidateOptionsResult Validate(string? name, OrchestratorOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.StateDirectory), $"{nameof(options.StateDirectory)} must name a directory.");
        Check(options.VerifyTimeLimit >= TimeSpan.FromSeconds(1) && options.VerifyTimeLimit <= TimeSpan.FromDays(1), $"{nameof(options.VerifyTimeLimit)} must be from 1 second to 1 day.");
        Check(options.MaxRemediations is >= 0 and <= 10, $"{nameof(options.MaxRemediations)} must be from 0 to 10.");
        Check(options.MaxAttempts is >= 1 and <= 20, $"{nameof(options.MaxAttempts)} must be from 1 to 20.");
        Check(options.Concurrency is >= 1 and <= 64, $"{nameof(options.Concurrency)} must be from 1 to 64.");
        Check(options.OnlyTaskId is null || Identifiers.IsName(options.OnlyTaskId), $"{nameof(options.OnlyTaskId)} must be a task id.");
        Check(!string.IsNullOrWhiteSpace(options.WorkerName), $"{nameof(options.WorkerName)} must not be empty.");
        Check(!string.IsNullOrWhiteSpace(options.ContainerName), $"{nameof(options.ContainerName)} must not be empty.");
        CheckVerifyCommand(options, builder);
        return builder.Build();

        void Check(bool holds, string message)
        {
            if (!holds)
            {
                builder.AddError(message);
            }
        }
    }

    private static void CheckVerifyCommand(OrchestratorOptions options, ValidateOptionsResultBuilder builder)
    {
        try
        {
            _ = options.DefaultVerifyCommand is { } text ? CommandLine.Parse(text) : null;
        }
        catch (FormatException error)
        {
            builder.AddError($"{nameof(options.DefaultVerifyCommand)}: {error.Message}");
        }
    }
}
