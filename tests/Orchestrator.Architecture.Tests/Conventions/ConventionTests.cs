using Orchestrator.Testing;

namespace Orchestrator.Architecture.Tests.Conventions;

public sealed class ConventionTests
{
    /// <summary>Public classes that stay open on purpose, each with the reason its documentation gives.</summary>
    private static readonly Dictionary<string, string> Unsealed = new()
    {
        ["Orchestrator.OrchestratorException"] = "the root of every exception of the family",
        ["Orchestrator.Providers.AgentEvent"] = "stands for an event of a kind that this version does not know",
        ["Orchestrator.Tasks.SourceContext"] = "stands for a source of a kind that this version does not know",
    };

    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void No_method_is_async_void(string package) => SourcePackages.AssertNone(ConventionChecker.AsyncVoid(Types(package)));

    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void No_public_static_can_be_changed(string package) => SourcePackages.AssertNone(ConventionChecker.MutableStatics(Types(package)));

    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void Every_public_class_is_sealed_or_has_a_reason(string package) =>
        SourcePackages.AssertNone(ConventionChecker.Unsealed(Types(package), Unsealed));

    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void Every_public_options_class_has_a_validator(string package) => SourcePackages.AssertNone(ConventionChecker.UnvalidatedOptions(Types(package)));

    [Fact]
    public void Every_log_event_has_an_id_of_its_own_in_its_packages_range_and_is_listed()
    {
        var file = RepositoryRoot.Combine("docs", "diagnostics.md");
        var diagnostics = File.Exists(file) ? File.ReadAllText(file) : string.Empty;

        SourcePackages.AssertNone(LogEventChecker.Complaints(SourcePackages.Names.SelectMany(name => LogEventChecker.Find(name, Types(name))), diagnostics));
    }

    private static Type[] Types(string package) => SourcePackages.Load(package).GetTypes();
}
