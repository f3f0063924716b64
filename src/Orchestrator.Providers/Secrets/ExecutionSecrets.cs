using Orchestrator.Providers;

namespace Orchestrator.Secrets;

/// <summary>Finds the secrets that an execution orders for its program beside the provider's own key.</summary>
internal static class ExecutionSecrets
{
    /// <summary>Puts them into the environment of the program.</summary>
    /// <returns>The name of one that nobody knows; <see langword="null"/> when all are in.</returns>
    public static async ValueTask<string?> AddAsync(AgentExecution execution, SecretResolver secrets, IDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        foreach (var name in execution.SecretNames)
        {
            if (await secrets.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } secret)
            {
                return name;
            }

            environment[name] = secret.Reveal();
        }

        return null;
    }
}
