using Microsoft.Extensions.Options;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.DependencyInjection;

/// <summary>The rules for a typed handler's options. They are made where the handler is added, and checked there, too.</summary>
internal sealed class TaskHandlerOptionsValidator : IValidateOptions<TaskHandlerOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskHandlerOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.PayloadVersion < 1)
        {
            result.AddError("must be at least 1, or be left unset.", nameof(TaskHandlerOptions.PayloadVersion));
        }

        if (options.Json is null)
        {
            result.AddError("must not be null.", nameof(TaskHandlerOptions.Json));
        }

        return result.Build();
    }
}
