using System.Reflection;
using System.Xml.Linq;

using Orchestrator.Testing;

namespace Orchestrator.Architecture.Tests.Documentation;

/// <summary>Complains about each public type and member whose documentation says nothing.</summary>
internal static class DocumentationChecker
{
    public static IEnumerable<string> Complaints(IEnumerable<Type> types, XDocument documentation)
    {
        var members = documentation.Descendants("member")
            .Where(member => member.Attribute("name") is not null)
            .ToLookup(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
        return types
            .SelectMany(type => PublicApi.Members(type).Where(NeedsWords).Prepend(type))
            .Where(member => !Says(members[DocumentationId.Of(member)]) && !IsToldByParameters(member, members))
            .Select(member => $"{DocumentationId.Of(member)} has no summary")
            .Distinct();
    }

    // Nobody can tell a default constructor that the compiler wrote from one in the source; the compiler itself asks for words on the latter.
    private static bool NeedsWords(MemberInfo member) => member is not ConstructorInfo constructor || constructor.GetParameters().Length > 0;

    private static bool Says(IEnumerable<XElement> documentation) => documentation.Any(member =>
        member.Element("inheritdoc") is not null || member.Element("summary") is { } summary && (summary.HasElements || !string.IsNullOrWhiteSpace(summary.Value)));

    // A primary constructor and the properties it makes are told by the <param>s of the type.
    private static bool IsToldByParameters(MemberInfo member, ILookup<string, XElement> members)
    {
        if (member is not (PropertyInfo or ConstructorInfo))
        {
            return false;
        }

        var told = members[DocumentationId.Of(member.DeclaringType!)]
            .Elements("param")
            .Where(parameter => parameter.HasElements || !string.IsNullOrWhiteSpace(parameter.Value))
            .Select(parameter => (string?)parameter.Attribute("name"))
            .ToHashSet();
        return member is ConstructorInfo constructor
            ? constructor.GetParameters().All(parameter => told.Contains(parameter.Name))
            : told.Contains(member.Name);
    }
}
