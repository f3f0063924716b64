using System.Reflection;
using System.Runtime.CompilerServices;

using Microsoft.Extensions.Options;

namespace Orchestrator.Architecture.Tests.Conventions;

/// <summary>The rules of the house that reflection can see; one complaint a breach.</summary>
internal static class ConventionChecker
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private const BindingFlags PublicStatic = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>An exception in an <c>async void</c> method ends the process.</summary>
    public static IEnumerable<string> AsyncVoid(IEnumerable<Type> types) =>
        from type in types
        from method in type.GetMethods(All)
        where method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute))
        select $"{type.FullName}.{method.Name} is async void: return a Task";

    /// <summary>Two hosts in one process must not share settings.</summary>
    public static IEnumerable<string> MutableStatics(IEnumerable<Type> types)
    {
        var visible = types.Where(type => type.IsVisible && !type.IsEnum).ToList();
        var fields = from type in visible
                     from field in type.GetFields(PublicStatic)
                     where !field.IsLiteral && !field.IsInitOnly
                     select $"{type.FullName}.{field.Name} is a public mutable static field";
        var properties = from type in visible
                         from property in type.GetProperties(PublicStatic)
                         where property.SetMethod is { IsPublic: true }
                         select $"{type.FullName}.{property.Name} is a public static property that can be set";
        return fields.Concat(properties);
    }

    /// <summary>A class made to be inherited is a promise; <paramref name="allowed"/> names those that make it.</summary>
    public static IEnumerable<string> Unsealed(IEnumerable<Type> types, IReadOnlyDictionary<string, string> allowed) => types
        .Where(type => type is { IsVisible: true, IsClass: true, IsSealed: false, IsAbstract: false } && !allowed.ContainsKey(type.FullName!))
        .Select(type => $"{type.FullName} is public and neither sealed nor abstract: seal it, or give the reason in its documentation and in ConventionTests.Unsealed");

    /// <summary>Options without a validator fail far from where they were set. A part of other options is the validator's of the whole.</summary>
    public static IEnumerable<string> UnvalidatedOptions(IEnumerable<Type> types)
    {
        var all = types.ToList();
        var options = all.Where(type => type is { IsVisible: true, IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal)).ToList();
        var parts = options.SelectMany(type => type.GetProperties().Select(property => property.PropertyType).Where(part => part != type)).ToHashSet();
        return options
            .Where(type => !parts.Contains(type) && !all.Exists(candidate => Validates(candidate, type)))
            .Select(type => $"{type.FullName} has no IValidateOptions<{type.Name}> in its assembly");
    }

    private static bool Validates(Type candidate, Type options) =>
        candidate is { IsClass: true, IsAbstract: false } && typeof(IValidateOptions<>).MakeGenericType(options).IsAssignableFrom(candidate);
}
