using System.Globalization;
using System.Reflection;
using System.Text;

namespace Orchestrator.Testing;

/// <summary>Names of types as C# writes them, with nullability where it is known.</summary>
internal static class ApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(object)] = "object",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(string)] = "string",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(ushort)] = "ushort",
        [typeof(void)] = "void",
    };

    public static string FullName(Type type) => Of(type, null);

    /// <summary>The name of a type where it is declared: generic parameters carry their variance.</summary>
    public static string Declared(Type type)
    {
        var name = FullName(type);
        var parameters = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Select(generic => Variance(generic) + generic.Name).ToList();
        return parameters.Count == 0 ? name : $"{name[..name.LastIndexOf('<')]}<{string.Join(", ", parameters)}>";
    }

    /// <summary>The name of a type where it is used; <paramref name="nullability"/> adds question marks inside and out.</summary>
    public static string Of(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, null) + "?";
        }

        var mark = !type.IsValueType && nullability is { ReadState: NullabilityState.Nullable } ? "?" : string.Empty;
        return Bare(type, nullability) + mark;
    }

    public static string Constant(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{Escape(text)}\"",
        char letter => $"'{Escape(letter.ToString())}'",
        bool flag => flag ? "true" : "false",
        Enum member => $"{FullName(member.GetType())}.{member}",
        _ when type.IsEnum => $"{FullName(type)}.{Enum.ToObject(type, value)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Bare(Type type, NullabilityInfo? nullability)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        return type.IsPointer ? Bare(type.GetElementType()!, null) + "*" : Nested(type, nullability);
    }

    private static string Nested(Type type, NullabilityInfo? nullability)
    {
        var arguments = type.GetGenericArguments();
        var name = new StringBuilder(Prefix(type.Namespace));
        var used = 0;
        foreach (var part in Chain(type))
        {
            var count = part.GetGenericArguments().Length;
            name.Append(part.IsNested ? "." : string.Empty).Append(part.Name.Split('`')[0]);
            if (count > used)
            {
                var names = Enumerable.Range(used, count - used).Select(i => Of(arguments[i], Argument(nullability, i)));
                name.Append('<').AppendJoin(", ", names).Append('>');
                used = count;
            }
        }

        return name.ToString();
    }

    private static NullabilityInfo? Argument(NullabilityInfo? nullability, int index) =>
        nullability is not null && index < nullability.GenericTypeArguments.Length ? nullability.GenericTypeArguments[index] : null;

    private static List<Type> Chain(Type type)
    {
        var chain = new List<Type>();
        for (var part = type; part is not null; part = part.DeclaringType)
        {
            chain.Insert(0, part);
        }

        return chain;
    }

    private static string Variance(Type generic) => (generic.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out ",
        GenericParameterAttributes.Contravariant => "in ",
        _ => string.Empty,
    };

    private static string Prefix(string? @namespace) => string.IsNullOrEmpty(@namespace) ? string.Empty : @namespace + ".";

    private static string Escape(string text) => string.Concat(text.Select(letter =>
        char.IsControl(letter) || letter is '"' or '\'' or '\\' ? $"\\u{(int)letter:x4}" : letter.ToString()));
}
