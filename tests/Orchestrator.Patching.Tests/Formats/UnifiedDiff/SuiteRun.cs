using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Applies one recorded case, and says in one word how the outcome compares with the other tool's.</summary>
internal static class SuiteRun
{
    public const string Same = "same";
    private const string Rejected = "rejected";
    private const string AlreadyApplied = "already applied";
    private const string Applied = "applied";
    private const string AppliedOtherwise = "applied otherwise";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<string> ApplyAsync(JsonElement item, ApplyArguments arguments)
    {
        using var folder = new TemporaryDirectory();
        var (tree, wanted) = (folder.Combine("tree"), folder.Combine("wanted"));
        DiffSuite.Write(tree, item.GetProperty("input"));
        DiffSuite.Write(wanted, item.GetProperty("expected").GetProperty("files"));
        RemoveLeavings(wanted);
        RemoveLeavings(tree);
        var before = TreeState.Read(tree);
        var oracle = item.GetProperty("expected").GetProperty("outcome").GetString()!;
        var root = Path.GetFullPath(Path.Combine(tree, arguments.Directory));
        var isInside = root == tree || root.StartsWith(tree + "/", StringComparison.Ordinal);

        var outcome = isInside ? await OutcomeAsync(item, root, folder.Combine("journals"), arguments) : Rejected;

        var after = TreeState.Read(tree);
        if (outcome == Rejected)
        {
            Assert.Equal("", TreeState.Difference(before, after));
            return oracle is Rejected or "partial" or "error" ? Same : Rejected;
        }

        if (oracle is Rejected or "partial" or "error")
        {
            return outcome;
        }

        return arguments.OnlyChecks || TreeState.Difference(TreeState.Read(wanted), after).Length == 0 ? Same : AppliedOtherwise;
    }

    private static async Task<string> OutcomeAsync(JsonElement item, string root, string journals, ApplyArguments arguments)
    {
        Directory.CreateDirectory(root);
        var manager = new PatchManager(new PatchOptions
        {
            JournalDirectory = journals,
            Durability = PatchDurability.Process,
            StripComponents = arguments.Strip,
            AllowSymbolicLinks = true,
        });
        var parsed = manager.Parse(DiffSuite.Bytes(item.GetProperty("patch")), "task", PatchFormat.UnifiedDiff);
        if (parsed.Patch is { } forward && arguments.Reverses)
        {
            parsed = PatchReversal.Reverse(forward);
        }

        if (parsed.Patch is not { } patch)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"line {parsed.Error!.Line}: {parsed.Error.Message}");
            return Rejected;
        }

        if (arguments.Target is { } target && patch.Files.Count == 1)
        {
            patch = patch with { Files = [patch.Files[0] with { Path = target }] };
        }

        var request = new PatchRequest { Id = "a1", Root = root, Patch = patch };
        var plan = await manager.PlanAsync(request, Token);
        var outcome = arguments.OnlyChecks ? plan.Outcome : (await manager.ApplyAsync(request, Token)).Outcome;
        foreach (var conflict in plan.Conflicts)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{conflict.Code} {conflict.Path} {conflict.Line}: {conflict.Message}");
        }

        return outcome switch
        {
            PatchOutcome.Applied => Applied,
            PatchOutcome.AlreadyApplied => AlreadyApplied,
            _ => Rejected,
        };
    }

    /// <summary>Copies and rejects that GNU patch leaves behind are not the change. Links may form loops, and are not followed.</summary>
    private static void RemoveLeavings(string tree)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(tree, "*", options).Where(static file => Path.GetExtension(file) is ".orig" or ".rej"))
        {
            File.Delete(file);
        }
    }
}
