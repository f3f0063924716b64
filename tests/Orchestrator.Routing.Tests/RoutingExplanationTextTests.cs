using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests;

public sealed class RoutingExplanationTextTests
{
    [Fact]
    public void An_explanation_reads_as_a_line_and_an_aligned_table()
    {
        var rig = new RouterRig(
            [Provider("claude", 0.2m), Provider("codex", 0.1m) with { Models = [new() { Name = "gpt-x" }] }, Provider("jules") with { Sources = [SourceKind.GitHub] }],
            options => options.Providers["claude"] = new() { SuccessRate = 0.9 });

        var text = RoutingExplanationText.Format(rig.Router.Explain(NewTask() with { PreferredModel = "gpt-x" }));

        Assert.Equal(
            """
            task task-1: codex with gpt-x (best_score), then claude
            provider  verdict   score USD   price    risk    time   bonus    stay  why
            codex     chosen       0.1667  0.1000  0.1500  0.1667  0.2500  0.0000
            claude    eligible     0.4167  0.2000  0.0500  0.1667  0.0000  0.0000
            jules     source            -       -       -       -       -       -  the source is local; serves github

            """,
            text);
    }

    [Fact]
    public void A_rejection_reads_as_its_message()
    {
        var rig = new RouterRig([]);

        var text = RoutingExplanationText.Format(rig.Router.Explain(NewTask()));

        Assert.Equal("task task-1: no provider (No provider is registered: configure at least one, for example a command or an agent CLI.)\n", text);
    }

    [Fact]
    public void What_happened_on_the_way_stands_between()
    {
        var rig = new RouterRig([Provider("a"), Provider("b")], options => options.Rules.Add(new() { Name = "night", Then = new() { Provider = "b" } }));

        var text = RoutingExplanationText.Format(rig.Router.Explain(NewTask()));

        Assert.StartsWith("task task-1: b (rule night)\nnote: rule 'night' matched: provider b; its word is final\nprovider", text, StringComparison.Ordinal);
    }
}
