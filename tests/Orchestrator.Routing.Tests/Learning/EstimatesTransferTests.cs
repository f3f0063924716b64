using System.Text.Json;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Tests.Learning;

public sealed class EstimatesTransferTests
{
    [Fact]
    public void An_export_read_back_gives_the_same_estimates_to_the_bit_whatever_the_order_of_providers()
    {
        var source = LearningRig.Named(["b", "a"]);
        Teach(source);
        var target = LearningRig.Named(["a", "aa", "b"]);
        target.Estimates.Add(0, AgentTaskType.Refactor, TaskComplexity.Simple, succeeded: false);

        var json = new ProviderLearning(source).Export().ToJson();
        var notes = new ProviderLearning(target).Import(EstimatesExport.FromJson(json));

        Assert.Empty(notes);
        Assert.Equal(source.Estimates.Cells[..Size], target.Estimates.Cells[..Size]);
        Assert.Equal(source.Estimates.Cells[Size..], target.Estimates.Cells[(2 * Size)..]);
        Assert.Equal(json, new ProviderLearning(target).Export().ToJson());
    }

    [Fact]
    public void What_cannot_be_taken_stays_out_with_a_note()
    {
        var target = LearningRig.Registry();
        var export = new EstimatesExport
        {
            Providers =
            [
                new ProviderEstimates { Provider = "gone", Tasks = [new TaskEstimates { TaskType = AgentTaskType.Fix, Trials = 1 }] },
                new ProviderEstimates
                {
                    Provider = "A",
                    Tasks =
                    [
                        new TaskEstimates { TaskType = AgentTaskType.Fix, Successes = 3, Trials = 2 },
                        new TaskEstimates { TaskType = AgentTaskType.Unknown, Successes = 1, Trials = 2 },
                        new TaskEstimates { TaskType = AgentTaskType.Generate, Complexity = TaskComplexity.Simple, Successes = 10, Trials = 10 },
                    ],
                },
            ],
        };

        var notes = new ProviderLearning(target).Import(export);

        Assert.Equal(3, notes.Count);
        Assert.Contains("'gone'", notes[0], StringComparison.Ordinal);
        Assert.Equal(0.7, target.Estimates.Cell().Mean(), 6);
        Assert.Equal(17.0 / 20, target.Estimates.Cell(type: AgentTaskType.Generate).Mean(), 6);
    }

    [Fact]
    public void An_export_of_another_version_changes_nothing()
    {
        var target = LearningRig.Registry();
        Teach(target);
        var before = target.Estimates.Cells.ToArray();

        var notes = new ProviderLearning(target).Import(new EstimatesExport { Version = 2, Providers = [new ProviderEstimates { Provider = "a" }] });

        Assert.Contains("version 2", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(before, target.Estimates.Cells);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"providers":[{"tasks":[]}]}""")]
    public void What_is_no_export_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => EstimatesExport.FromJson(json));

    [Fact]
    public void A_reset_forgets_one_provider_or_all()
    {
        var registry = LearningRig.Registry();
        Teach(registry);
        var learning = new ProviderLearning(registry);

        var isKnown = learning.Reset("A");
        var afterOne = learning.Export().Providers.Select(provider => provider.Provider);
        var isUnknown = learning.Reset("nobody");

        Assert.True(isKnown);
        Assert.Equal(["b"], afterOne);
        Assert.False(isUnknown);
        Assert.True(learning.Reset());
        Assert.Empty(learning.Export().Providers);
        Assert.Equal(0.7, registry.Estimates.Cell().Mean(), 6);
    }

    private const int Size = Routing.Learning.Estimates.CellsPerCandidate;

    private static void Teach(ProviderRegistry registry)
    {
        for (var i = 0; i < 137; i++)
        {
            registry.Estimates.Add(i % 2, (AgentTaskType)(1 + (i % 4)), (TaskComplexity)(i % 4), i % 3 > 0);
            registry.Estimates.AddEffort(i % 2, (AgentTaskType)(1 + (i % 4)), (TaskComplexity)(i % 4), TimeSpan.FromSeconds(1 + (i * 7)), i / 10m);
        }
    }
}
