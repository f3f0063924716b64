using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Orchestrator.Testing;

/// <summary>Writes the public surface of an assembly as text, so that every change of it shows in a diff.</summary>
public static class PublicApi
{
    /// <summary>
    /// Every public type with its public and protected members, in ordinal order: the same text for the same surface, whatever the build.
    /// Members that the compiler adds to records are left out.
    /// </summary>
    public static string Describe(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);

        return Describe(assembly.GetExportedTypes());
    }

    /// <inheritdoc cref="Describe(Assembly)" />
    /// <param name="types">The types to describe.</param>
    public static string Describe(IEnumerable<Type> types)
    {
        ArgumentNullException.ThrowIfNull(types);

        var text = new StringBuilder();
        foreach (var type in types.Where(type => !IsGenerated(type)).OrderBy(ApiNames.FullName, StringComparer.Ordinal))
        {
            text.Append(ApiTypes.Header(type)).Append('\n');
            foreach (var line in ApiTypes.Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>The members of <paramref name="type"/> that callers and heirs can see, without nested types and what the compiler adds to records.</summary>
    public static IEnumerable<MemberInfo> Members(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);

        return ApiTypes.Visible(type);
    }

    /// <summary>Fails with a diff unless the surface equals <c>src/&lt;packageName&gt;/PublicApi.txt</c>; <c>UPDATE_APPROVED=1</c> accepts it.</summary>
    public static void ShouldMatch(Assembly assembly, string packageName)
    {
        ArgumentException.ThrowIfNullOrEmpty(packageName);

        Approved.Match(Describe(assembly), RepositoryRoot.Combine("src", packageName, "PublicApi.txt"));
    }

    private static bool IsGenerated(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
}
