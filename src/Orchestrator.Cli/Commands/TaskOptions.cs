using System.CommandLine;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Commands;

/// <summary>The options from which <c>run</c> and <c>route</c> build a task.</summary>
internal sealed class TaskOptions
{
    public Option<string> Repository { get; } = new("--repo") { Description = "The git repository to work on.", HelpName = "DIR", DefaultValueFactory = _ => "." };

    public Option<string?> Instructions { get; } = new("--task") { Description = "What to do, in words for the agent; {workspace} stands for its directory.", HelpName = "TEXT" };

    private readonly Option<string?> _id = new("--id") { Description = "The task's id: the same id twice is one task. A new one when left out.", HelpName = "ID" };
    private readonly Option<string> _type = new("--type") { Description = "The kind of work.", DefaultValueFactory = _ => "fix" };
    private readonly Option<string?> _provider = new("--provider") { Description = "The only provider that may do it.", HelpName = "NAME" };
    private readonly Option<string?> _model = new("--model") { Description = "The model to prefer.", HelpName = "M" };
    private readonly Option<int> _priority = new("--priority") { Description = "Higher runs first, from -100 to 100.", HelpName = "N" };
    private readonly Option<string> _costProfile = new("--cost-profile", "--profile") { Description = "What matters most.", DefaultValueFactory = _ => "balanced" };
    private readonly Option<string?> _complexity = new("--complexity") { Description = "How hard it is; guessed from the length of the task when left out." };
    private readonly Option<string?> _session = new("--session") { Description = "Tasks of one session stay with one provider.", HelpName = "KEY" };
    private readonly Option<string[]> _labels = new("--label") { Description = "Your own words about the task, such as tenant=acme; rules, experiments and budgets know them.", HelpName = "KEY=VALUE" };
    private readonly Option<string[]> _preferredTags = new("--prefer-tag") { Description = "Tags of providers to prefer.", HelpName = "TAG" };
    private readonly Option<string[]> _residency = new("--data-residency") { Description = "Regions in which the data may be processed, such as eu.", HelpName = "REGION" };
    private readonly Option<string[]> _requires = new("--requires") { Description = "Capabilities that the provider must have, such as instructions or shell.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
    private readonly Option<decimal?> _maxCost = new("--max-cost") { Description = "The most that it may cost, in US dollars.", HelpName = "USD" };
    private readonly Option<string?> _verify = new("--verify") { Description = "The command that decides whether the result is right. No shell is used.", HelpName = "CMD" };
    private readonly Option<string> _output = new("--output") { Description = "Apply to the work tree, or leave as a branch or a patch file.", DefaultValueFactory = _ => "apply" };
    private readonly Option<bool> _allowDirty = new("--allow-dirty") { Description = "Accept uncommitted changes; they are kept as they are." };

    /// <param name="isTaskRequired">Whether the command can do nothing without a task.</param>
    public TaskOptions(bool isTaskRequired = true)
    {
        Instructions.Required = isTaskRequired;
        _complexity.AcceptOnlyFromAmong("simple", "moderate", "complex");
        _type.AcceptOnlyFromAmong("generate", "fix", "refactor", "optimize");
        _costProfile.AcceptOnlyFromAmong("balanced", "economy", "quality", "fast");
        _output.AcceptOnlyFromAmong("apply", "branch", "patch");
    }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[]
        {
            Repository, Instructions, _id, _type, _provider, _model, _priority, _costProfile, _complexity, _session, _labels, _preferredTags, _residency, _requires, _maxCost,
            _verify, _output, _allowDirty,
        })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="ArgumentException">A value is not allowed; the message says which.</exception>
    /// <exception cref="FormatException">The verify command cannot be read.</exception>
    public AgentTask Read(ParseResult parsed, DateTimeOffset now)
    {
        var instructions = parsed.GetValue(Instructions);
        if (string.IsNullOrWhiteSpace(instructions))
        {
            throw new ArgumentException("The task is empty: say what to do with --task \"…\".");
        }

        var provider = parsed.GetValue(_provider);
        var requires = parsed.GetValue(_requires) ?? [];
        return new AgentTask
        {
            Id = parsed.GetValue(_id) ?? Identifiers.Create(now),
            Type = EnumNames.Parse<AgentTaskType>(parsed.GetValue(_type)),
            Instructions = instructions,
            Source = new LocalSource { Path = Path.GetFullPath(parsed.GetValue(Repository)!) },
            Provider = provider,
            PreferredModel = parsed.GetValue(_model),
            Priority = parsed.GetValue(_priority),
            Complexity = parsed.GetValue(_complexity) is { } complexity ? EnumNames.Parse<TaskComplexity>(complexity) : TaskComplexity.Unknown,
            SessionKey = parsed.GetValue(_session),
            Labels = new ValueMap((parsed.GetValue(_labels) ?? []).Select(Label)),
            PreferredTags = [.. parsed.GetValue(_preferredTags) ?? []],
            DataResidency = [.. parsed.GetValue(_residency) ?? []],
            CostProfile = EnumNames.Parse<CostProfile>(parsed.GetValue(_costProfile)),
            // A command does not read prose: unless one is named, only providers that understand the task may have it.
            Requires = requires.Length == 0 && provider is null ? [ProviderCapabilities.Instructions] : [.. requires],
            MaxCostUsd = parsed.GetValue(_maxCost),
            VerifyCommand = parsed.GetValue(_verify) is { } verify ? CommandLine.Parse(verify) : null,
            Output = EnumNames.Parse<TaskOutput>(parsed.GetValue(_output)),
            AllowDirty = parsed.GetValue(_allowDirty),
        };
    }

    private static KeyValuePair<string, string> Label(string text) => text.IndexOf('=') is > 0 and var at
        ? new(text[..at], text[(at + 1)..])
        : throw new ArgumentException($"'{text}' is no label; write --label KEY=VALUE.");
}
