using System.Xml.Linq;

namespace Orchestrator.Architecture.Tests.References;

/// <summary>Reads the references of a project file and complains about each that <see cref="PackageRules"/> does not allow.</summary>
internal static class PackageReferenceChecker
{
    private const string Remedy = "; if the design is to change, argue in docs/architecture.md and add it to References/PackageRules.cs";

    public static IEnumerable<string> Complaints(string package, XDocument project)
    {
        if (!PackageRules.ByPackage.TryGetValue(package, out var rule))
        {
            return [$"{package} is not in the table of packages{Remedy}"];
        }

        var projects = References(project, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            .Where(name => !rule.Projects.Contains(name))
            .Select(name => $"{package} must not reference the package {name} of the family{Remedy}");
        var packages = References(project, "PackageReference")
            .Where(name => !rule.Packages.Contains(name) && !PackageRules.Everywhere.Contains(name))
            .Select(name => $"{package} must not reference the outside package {name}{Remedy}");
        var frameworks = References(project, "FrameworkReference")
            .Where(name => !rule.Frameworks.Contains(name))
            .Select(name => $"{package} must not reference the framework {name}{Remedy}");
        return [.. projects, .. packages, .. frameworks];
    }

    private static IEnumerable<string> References(XDocument project, string element) => project.Descendants()
        .Where(node => node.Name.LocalName == element)
        .Select(node => (string?)node.Attribute("Include"))
        .OfType<string>()
        .SelectMany(names => names.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
