using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class HostValidatorTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task A_validator_of_the_host_refuses_before_anything_is_written()
    {
        _root.Write("a.txt", "a\n");
        var services = new ServiceCollection();
        services.AddPatchManager(options => options.JournalDirectory = _root.Path + ".journals").AddValidator<NoShouting>().AddValidator<NoShouting>();
        using var provider = services.BuildServiceProvider();
        var manager = (PatchManager)provider.GetRequiredService<IPatchManager>();

        var refused = await manager.ApplyAsync(_root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+LOUD\n");
        var applied = await manager.ApplyAsync(_root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+quiet\n");

        var conflict = Assert.Single(refused.Conflicts);
        Assert.Equal((PatchConflictCode.Invalid, 1), (conflict.Code, conflict.Line!.Value));
        Assert.Equal(PatchOutcome.Applied, applied.Outcome);
        Assert.Equal("quiet\n", await File.ReadAllTextAsync(_root.Combine("a.txt"), Token));
    }

    [Fact]
    public async Task A_shipped_validator_can_be_switched_off()
    {
        var manager = new PatchManager(new PatchOptions { DisabledValidators = { PatchValidators.Json } });
        var patch = manager.Read("--- /dev/null\n+++ b/a.json\n@@ -0,0 +1 @@\n+{\n");
        var request = new PatchRequest { Id = "p", Root = _root.Path, Patch = patch };

        Assert.Equal(PatchOutcome.Applied, (await manager.PlanAsync(request, Token)).Outcome);
        Assert.Equal(PatchConflictCode.SyntaxError, Assert.Single((await new PatchManager().PlanAsync(request, Token)).Conflicts).Code);
    }

    [Fact]
    public void Bad_settings_fail_at_start_with_every_error()
    {
        var services = new ServiceCollection();
        services.AddPatchManager(options =>
        {
            options.DisabledValidators.Add("jsn");
            options.MaxGrowthFactor = double.NaN;
            options.GrowthFloorBytes = -1;
            options.GeneratedFiles = (GeneratedFilePolicy)9;
            options.AllowedOperations.Add(FileOperation.Unknown);
        }).AddValidator(new NoShouting()).AddValidator(new NoShouting());
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IPatchManager>);

        Assert.Equal(6, error.Failures.Count());
        Assert.Contains(error.Failures, static failure => failure.Contains("'jsn'", StringComparison.Ordinal) && failure.Contains("merge-markers", StringComparison.Ordinal));
    }

    private sealed class NoShouting : IPatchValidator
    {
        public string Name => "no-shouting";

        public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken) => file.GetAddedLines()
            .Where(static line => !line.Text.ToString().Any(char.IsLower))
            .Select(line => new PatchConflict { Code = PatchConflictCode.Invalid, Path = file.Path, Line = line.Number, Message = "Lower your voice." });
    }
}
