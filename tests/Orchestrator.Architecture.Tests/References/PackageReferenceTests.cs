using System.Xml.Linq;

namespace Orchestrator.Architecture.Tests.References;

public sealed class PackageReferenceTests
{
    [Fact]
    public void Package_references_point_only_where_the_design_allows() => SourcePackages.AssertNone(
        SourcePackages.Names.SelectMany(name => PackageReferenceChecker.Complaints(name, XDocument.Load(SourcePackages.ProjectFile(name)))));

    [Theory]
    [InlineData("Orchestrator.Routing", "<ProjectReference Include='../Orchestrator.Patching/Orchestrator.Patching.csproj' />", "Orchestrator.Patching")]
    [InlineData("Orchestrator.Hosting", @"<ProjectReference Include='..\P\Orchestrator.Storage.PostgreSql.csproj' />", "Orchestrator.Storage.PostgreSql")]
    [InlineData("Orchestrator.Abstractions", "<ProjectReference Include='../S/Orchestrator.Storage.csproj' />", "Orchestrator.Storage")]
    [InlineData("Orchestrator.Patching", "<PackageReference Include='Dapper' />", "Dapper")]
    [InlineData("Orchestrator.Queue", "<PackageReference Include='Microsoft.Extensions.Options; Npgsql' />", "Npgsql")]
    [InlineData("Orchestrator.Queue", "<FrameworkReference Include='Microsoft.AspNetCore.App' />", "Microsoft.AspNetCore.App")]
    [InlineData("Orchestrator.Unheard", "", "Orchestrator.Unheard")]
    public void A_forbidden_reference_draws_a_complaint_that_names_it_and_the_remedy(string package, string reference, string culprit)
    {
        var complaint = Assert.Single(PackageReferenceChecker.Complaints(package, Project(reference)));

        Assert.Contains(culprit, complaint, StringComparison.Ordinal);
        Assert.Contains("PackageRules.cs", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void Allowed_references_draw_none() => Assert.Empty(PackageReferenceChecker.Complaints("Orchestrator.Queue", Project(
        "<ProjectReference Include='../S/Orchestrator.Storage.csproj' /><PackageReference Include='Microsoft.Extensions.Options' />")));

    [Fact]
    public void The_table_itself_has_no_circle()
    {
        foreach (var package in PackageRules.ByPackage.Keys)
        {
            Assert.DoesNotContain(package, Below(package));
        }
    }

    private static IEnumerable<string> Below(string package) =>
        PackageRules.ByPackage[package].Projects.SelectMany(below => Below(below).Prepend(below)).Distinct();

    private static XDocument Project(string references) => XDocument.Parse($"<Project><ItemGroup>{references}</ItemGroup></Project>");
}
