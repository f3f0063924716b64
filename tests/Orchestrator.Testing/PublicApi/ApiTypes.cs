using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestrator.Testing;

/// <summary>The head line of a type and one line a member.</summary>
internal static class ApiTypes
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly HashSet<string> RecordMembers = ["<Clone>$", "PrintMembers", "Deconstruct", "get_EqualityContract"];

    public static string Header(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return $"{Attributes(type)}delegate {ApiMembers.Signature(type.GetMethod("Invoke")!, ApiNames.Declared(type))}"
                + ApiMembers.Constraints(type.GetGenericArguments());
        }

        var bases = Bases(type).ToList();
        return $"{Attributes(type)}{Kind(type)} {ApiNames.Declared(type)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}"
            + ApiMembers.Constraints(type.GetGenericArguments());
    }

    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [];
        }

        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{Attributes(field)}{field.Name} = {Convert.ToString(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}");
        }

        return Candidates(type).Select(ApiMembers.Describe).OfType<string>();
    }

    /// <summary>The members that callers see; those of a delegate and the accessors of properties and events are left out.</summary>
    public static IEnumerable<MemberInfo> Visible(Type type) => type.IsSubclassOf(typeof(Delegate)) ? []
        : type.IsEnum ? type.GetFields(BindingFlags.Public | BindingFlags.Static)
        : Candidates(type).Where(member => ApiMembers.Describe(member) is not null);

    public static string Attributes(MemberInfo member)
    {
        var text = string.Empty;
        if (member.GetCustomAttribute<ObsoleteAttribute>(inherit: false) is { } obsolete
            && obsolete.Message?.StartsWith("Constructors of types with required", StringComparison.Ordinal) != true)
        {
            text += $"[Obsolete({ApiNames.Constant(obsolete.Message, typeof(string))}{(obsolete.IsError ? ", error" : "")})] ";
        }

        return member.GetCustomAttribute<ExperimentalAttribute>(inherit: false) is { } experimental
            ? text + $"[Experimental({ApiNames.Constant(experimental.DiagnosticId, typeof(string))})] "
            : text;
    }

    /// <summary>Whether the compiler made this type from a <c>record</c>.</summary>
    public static bool IsRecord(Type type) => type.IsClass
        ? type.GetMethod("<Clone>$", Declared) is not null
        : type.GetMethod("PrintMembers", Declared) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute));

    private static IEnumerable<MemberInfo> Candidates(Type type)
    {
        var isRecord = IsRecord(type);
        return type.GetMembers(Declared).Where(member => !(isRecord && IsSynthesised(member)));
    }

    private static bool IsSynthesised(MemberInfo member) =>
        RecordMembers.Contains(member.Name)
        || member.Name == "EqualityContract"
        || (member is MethodBase && member.IsDefined(typeof(CompilerGeneratedAttribute)) && !member.Name.StartsWith("get_", StringComparison.Ordinal))
        || (member is ConstructorInfo copy && copy.IsFamily && copy.GetParameters() is [{ } only] && only.ParameterType == copy.DeclaringType);

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return $"{(type.IsDefined(typeof(FlagsAttribute)) ? "flags " : "")}enum {(Enum.GetUnderlyingType(type) == typeof(int) ? "" : ApiNames.FullName(Enum.GetUnderlyingType(type)) + " ")}".TrimEnd();
        }

        if (type.IsInterface)
        {
            return "interface";
        }

        var record = IsRecord(type) ? "record " : string.Empty;
        if (type.IsValueType)
        {
            var isReadOnly = type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : string.Empty;
            return $"{isReadOnly}{(type.IsByRefLike ? "ref " : "")}{record}struct";
        }

        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : string.Empty;
        return $"{modifier}{record}class";
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            return [];
        }

        var inherited = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? parent : null;
        var interfaces = type.GetInterfaces()
            .Where(candidate => candidate.IsVisible && inherited?.GetInterfaces().Contains(candidate) != true)
            .Select(ApiNames.FullName)
            .Order(StringComparer.Ordinal);
        return inherited is null ? interfaces : interfaces.Prepend(ApiNames.FullName(inherited));
    }
}
