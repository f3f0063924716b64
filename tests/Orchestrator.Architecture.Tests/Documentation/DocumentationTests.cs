using System.Xml.Linq;

namespace Orchestrator.Architecture.Tests.Documentation;

public sealed class DocumentationTests
{
    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void Every_public_type_and_member_is_documented(string package)
    {
        var assembly = SourcePackages.Load(package);
        var documentation = Path.ChangeExtension(assembly.Location, ".xml");

        Assert.True(File.Exists(documentation), $"{documentation} is missing: does {package} set GenerateDocumentationFile?");
        SourcePackages.AssertNone(DocumentationChecker.Complaints(assembly.GetExportedTypes(), XDocument.Load(documentation)));
    }

    [Fact]
    public void Documented_samples_of_every_kind_draw_no_complaint() => Assert.Empty(Complaints(Own()));

    [Theory]
    [InlineData("T:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1")]
    [InlineData("M:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1.#ctor(System.Int32)")]
    [InlineData("M:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1.Find``1(System.Collections.Generic.Dictionary{System.String,`0[]},``0@)")]
    [InlineData("M:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1.op_Implicit(Orchestrator.Architecture.Tests.Documentation.DocumentedSample{`0})~System.Int32")]
    [InlineData("P:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1.Item(System.Int32)")]
    [InlineData("E:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1.Changed")]
    [InlineData("F:Orchestrator.Architecture.Tests.Documentation.DocumentedSample`1.Limit")]
    [InlineData("F:Orchestrator.Architecture.Tests.Documentation.DocumentedKind.First")]
    public void A_type_or_member_without_a_summary_draws_a_complaint(string id)
    {
        var documentation = Own();
        documentation.Descendants("member").Single(member => (string?)member.Attribute("name") == id).Element("summary")!.Value = " ";

        Assert.Contains($"{id} has no summary", Complaints(documentation));
    }

    [Fact]
    public void A_positional_property_without_words_draws_a_complaint()
    {
        var documentation = Own();
        documentation.Descendants("param").Where(parameter => (string?)parameter.Attribute("name") == "Width").Remove();
        documentation.Descendants("member").Where(member => ((string?)member.Attribute("name"))!.EndsWith("DocumentedRecord.Width", StringComparison.Ordinal)).Remove();

        Assert.Contains("P:Orchestrator.Architecture.Tests.Documentation.DocumentedRecord.Width has no summary", Complaints(documentation));
    }

    private static XDocument Own() => XDocument.Load(Path.ChangeExtension(typeof(DocumentationTests).Assembly.Location, ".xml"));

    private static IEnumerable<string> Complaints(XDocument documentation) =>
        DocumentationChecker.Complaints([typeof(DocumentedSample<>), typeof(DocumentedKind), typeof(DocumentedRecord)], documentation);
}
