using Orchestrator.Tasks;

namespace Orchestrator.Routing.Validation;

/// <summary>Checks which tasks a rule or an experiment is for.</summary>
internal static class MatchChecks
{
    /// <summary>Checks one.</summary>
    /// <returns>Whether it is right, so that it can be compared with others.</returns>
    public static bool Check(TaskMatch? match, string at, SettingErrors errors)
    {
        var before = errors.Count;
        if (!errors.NotNull(match, at)
            || !(errors.NotNull(match.TaskTypes, $"{at}.{nameof(match.TaskTypes)}")
                & errors.NotNull(match.Sources, $"{at}.{nameof(match.Sources)}")
                & errors.NotNull(match.Complexities, $"{at}.{nameof(match.Complexities)}")
                & errors.NotNull(match.Profiles, $"{at}.{nameof(match.Profiles)}")
                & errors.NotNull(match.Labels, $"{at}.{nameof(match.Labels)}")
                & errors.NotNull(match.Repositories, $"{at}.{nameof(match.Repositories)}")))
        {
            return false;
        }

        errors.Values(match.TaskTypes, $"{at}.{nameof(match.TaskTypes)}", mayBeEmpty: true);
        errors.Values(match.Sources, $"{at}.{nameof(match.Sources)}", mayBeEmpty: true);
        errors.Values(match.Complexities, $"{at}.{nameof(match.Complexities)}", mayBeEmpty: true);
        errors.Values(match.Profiles, $"{at}.{nameof(match.Profiles)}", mayBeEmpty: true);
        foreach (var (label, value) in match.Labels.Where(label => string.IsNullOrEmpty(label.Key) || label.Value is null))
        {
            errors.Add($"{at}.{nameof(match.Labels)}[{label}] is '{value}'; a label needs a name and a value, or * for any value.");
        }

        foreach (var repository in match.Repositories.Where(repository => !IsPattern(repository)))
        {
            errors.Add($"{at}.{nameof(match.Repositories)} holds '{repository}'; write owner/repository, or owner/* for all of one owner.");
        }

        CheckPriorities(match, at, errors);
        if (match.Repositories.Count > 0 && match.Sources.Count > 0 && !match.Sources.Contains(SourceKind.GitHub))
        {
            errors.Add($"{at} matches no task: only a GitHub source has a repository, and {nameof(match.Sources)} leaves GitHub out.");
        }

        return errors.Count == before;
    }

    private static void CheckPriorities(TaskMatch match, string at, SettingErrors errors)
    {
        errors.Between(match.MinPriority, -AgentTask.MaxPriority, AgentTask.MaxPriority, $"{at}.{nameof(match.MinPriority)}");
        errors.Between(match.MaxPriority, -AgentTask.MaxPriority, AgentTask.MaxPriority, $"{at}.{nameof(match.MaxPriority)}");
        if (match.MinPriority > match.MaxPriority)
        {
            errors.Add($"{at} matches no task: {nameof(match.MinPriority)} {match.MinPriority} is above {nameof(match.MaxPriority)} {match.MaxPriority}.");
        }
    }

    private static bool IsPattern(string? repository) =>
        repository?.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name] && !owner.Contains('*', StringComparison.Ordinal) && (name == "*" || !name.Contains('*', StringComparison.Ordinal));
}
