using System.Reflection;

namespace Orchestrator.Architecture.Tests.Documentation;

/// <summary>The name of a type or member in the compiler's XML documentation file.</summary>
internal static class DocumentationId
{
    public static string Of(MemberInfo member) => member switch
    {
        Type type => "T:" + Name(type),
        FieldInfo field => $"F:{Name(field.DeclaringType!)}.{field.Name}",
        EventInfo @event => $"E:{Name(@event.DeclaringType!)}.{@event.Name}",
        PropertyInfo property => $"P:{Name(property.DeclaringType!)}.{Escape(property.Name)}{Parameters(property.GetIndexParameters())}",
        MethodBase method => Method(method),
        _ => throw new ArgumentException($"{member.MemberType} {member.Name} has no documentation.", nameof(member)),
    };

    private static string Method(MethodBase method)
    {
        var arity = method.IsGenericMethodDefinition ? "``" + method.GetGenericArguments().Length : string.Empty;
        var result = method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion ? "~" + Reference(conversion.ReturnType) : string.Empty;
        return $"M:{Name(method.DeclaringType!)}.{Escape(method.Name)}{arity}{Parameters(method.GetParameters())}{result}";
    }

    private static string Name(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    private static string Escape(string name) => name.Replace('.', '#').Replace('<', '{').Replace('>', '}');

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? string.Empty : $"({string.Join(',', parameters.Select(parameter => Reference(parameter.ParameterType)))})";

    private static string Reference(Type type)
    {
        if (type.IsByRef)
        {
            return Reference(type.GetElementType()!) + "@";
        }

        if (type.IsPointer)
        {
            return Reference(type.GetElementType()!) + "*";
        }

        if (type.IsArray)
        {
            var rank = type.GetArrayRank();
            return Reference(type.GetElementType()!) + (rank == 1 ? "[]" : $"[{string.Join(',', Enumerable.Repeat("0:", rank))}]");
        }

        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        }

        return type.IsGenericType ? Constructed(type) : Name(type);
    }

    private static string Constructed(Type type)
    {
        var arguments = type.GetGenericArguments();
        var used = 0;
        var parts = Name(type.GetGenericTypeDefinition()).Split('.').Select(part =>
        {
            var tick = part.IndexOf('`', StringComparison.Ordinal);
            if (tick < 0)
            {
                return part;
            }

            var count = int.Parse(part.AsSpan(tick + 1), System.Globalization.CultureInfo.InvariantCulture);
            var own = arguments[used..(used += count)];
            return $"{part[..tick]}{{{string.Join(',', own.Select(Reference))}}}";
        });
        return string.Join('.', parts);
    }
}
