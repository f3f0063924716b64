namespace Orchestrator.Architecture.Tests.References;

/// <summary>What one package of the family may reference.</summary>
/// <param name="Projects">Packages of the family.</param>
/// <param name="Packages">Packages from outside.</param>
/// <param name="Frameworks">Shared frameworks.</param>
internal sealed record PackageRule(string[] Projects, string[] Packages, string[] Frameworks)
{
    public PackageRule(string[] projects, params string[] packages)
        : this(projects, packages, [])
    {
    }
}
