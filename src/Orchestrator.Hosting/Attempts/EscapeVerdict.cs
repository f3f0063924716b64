using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Hosting;

/// <summary>Decides whether a provider wrote, or tried to write, outside its workspace.</summary>
internal static class EscapeVerdict
{
    private static readonly string[] Denials = ["Permission denied", "Operation not permitted", "UnauthorizedAccessException", "EACCES", "EPERM"];

    /// <summary>The failure; <see langword="null"/> when it stayed inside.</summary>
    public static AgentFailure? Of(AgentTaskRun run, ProviderDescriptor descriptor, WorkspaceEscapes escapes, AgentFailure? failure)
    {
        // Of this run, not of the host: a provider may be configured to write anywhere.
        var isConfined = descriptor.ConfinesWrites && WriteConfinement.IsSupported;
        var provider = descriptor.Name;
        if (escapes.WorkspacePaths.Count > 0)
        {
            return Failure($"{provider} wrote beside its workspace: {Some(escapes.WorkspacePaths)}. Nothing of its result was kept.");
        }

        if (escapes.RepositoryChanges.Count > 0)
        {
            // A service works elsewhere and writes nothing here.
            if (!(isConfined && CannotReach(descriptor, run.Repository)) && descriptor.Kind != ProviderKind.RemoteService)
            {
                return Failure($"{run.Repository} changed while {provider} ran, by it or by somebody else: {Some(escapes.RepositoryChanges)}. Nothing was applied, and these changes were left as they are: look at them with git status and git diff.");
            }

            // The provider was kept inside, so it was somebody else, whose work is none of our business.
            run.Note($"Somebody changed the repository while {provider} ran: {Some(escapes.RepositoryChanges)}. These changes are kept as they are.");
        }

        return failure is { Class: FailureClass.Crashed } && isConfined && SpeaksOfDeniedPath(failure.Detail)
            ? failure with
            {
                Class = FailureClass.OutsideWorkspace,
                Message = $"{failure.Message} It was refused a write: a provider may write only to its workspace, its temporary directory and the writable paths of its configuration.",
            }
            : null;
    }

    /// <summary>Whether no path that the provider may write to holds the repository, lies in it or is it.</summary>
    private static bool CannotReach(ProviderDescriptor descriptor, string repository)
    {
        if (descriptor.WritablePaths.Count == 0)
        {
            return true;
        }

        try
        {
            var real = RealPath.Of(repository);
            return !descriptor.WritablePaths.Select(RealPath.Of).Any(path => Holds(path, real) || Holds(real, path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // Nobody can tell where it leads.
        }
    }

    private static bool Holds(string directory, string path) =>
        path == directory || path.StartsWith(Path.EndsInDirectorySeparator(directory) ? directory : directory + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Whether a line tells that a path outside was refused; "permission denied" alone may be about anything, such as a model.</summary>
    private static bool SpeaksOfDeniedPath(string? detail) => detail is not null && detail.Split('\n').Any(line =>
        Denials.Any(denial => line.Contains(denial, StringComparison.Ordinal))
        && line.Split([' ', '\'', '"', '(', ':', ','], StringSplitOptions.RemoveEmptyEntries).Any(word => word.StartsWith("../", StringComparison.Ordinal) || (word.Length > 1 && word[0] == '/')));

    private static AgentFailure Failure(string message) => new() { Class = FailureClass.OutsideWorkspace, Message = message };

    private static string Some(IReadOnlyList<string> paths) => string.Join(", ", paths.Take(5)) + (paths.Count > 5 ? $" and {paths.Count - 5} more" : "");
}
