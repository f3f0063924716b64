using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestrator.Testing;

/// <summary>One line for one member; null for a member that callers cannot see.</summary>
internal static class ApiMembers
{
    // Made for each use: the type keeps a cache and is not thread-safe.
    private static NullabilityInfoContext Nullability => new();

    public static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => IsVisible(constructor) && !constructor.IsStatic
            ? Modifiers(constructor) + ApiTypes.Attributes(constructor) + $"ctor({Parameters(constructor)})"
            : null,
        MethodInfo method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            ? Modifiers(method) + ApiTypes.Attributes(method) + Signature(method, method.Name)
            : null,
        PropertyInfo property => Describe(property),
        EventInfo { AddMethod: { } add } @event => IsVisible(add)
            ? Modifiers(add) + ApiTypes.Attributes(@event) + $"event {ApiNames.Of(@event.EventHandlerType!, Nullability.Create(@event))} {@event.Name}"
            : null,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly ? Describe(field) : null,
        _ => null, // nested types have an entry of their own
    };

    public static string Signature(MethodInfo method, string name)
    {
        var result = method.ReturnParameter;
        var generics = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        var names = generics.Length > 0 ? $"<{string.Join(", ", generics.Select(generic => generic.Name))}>" : string.Empty;
        var isRef = result.ParameterType.IsByRef ? result.IsDefined(typeof(IsReadOnlyAttribute)) ? "ref readonly " : "ref " : string.Empty;
        var isExtension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : string.Empty;
        return $"{isRef}{ApiNames.Of(result.ParameterType, Nullability.Create(result))} {name}{names}({isExtension}{Parameters(method)}){Constraints(generics)}";
    }

    public static string Constraints(IEnumerable<Type> generics) => string.Concat(generics
        .Where(generic => generic.IsGenericParameter)
        .Select(generic => (generic.Name, Rules: Rules(generic).ToList()))
        .Where(generic => generic.Rules.Count > 0)
        .Select(generic => $" where {generic.Name} : {string.Join(", ", generic.Rules)}"));

    private static IEnumerable<string> Rules(Type generic)
    {
        var attributes = generic.GenericParameterAttributes;
        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "struct";
        }
        else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }
        else if (IsNotNull(generic))
        {
            yield return "notnull";
        }

        foreach (var constraint in generic.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(ApiNames.FullName).Order(StringComparer.Ordinal))
        {
            yield return constraint;
        }

        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "new()";
        }
    }

    // The compiler marks the parameter, or leaves the mark to the nearest declaration around it; 1 means "not null".
    private static bool IsNotNull(Type generic)
    {
        if (generic.GetGenericParameterConstraints().Length > 0)
        {
            return false;
        }

        var mark = Mark(generic, "NullableAttribute");
        for (MemberInfo? around = generic.DeclaringMethod ?? (MemberInfo?)generic.DeclaringType; mark is null && around is not null; around = around.DeclaringType)
        {
            mark = Mark(around, "NullableContextAttribute");
        }

        return mark == 1;
    }

    private static byte? Mark(MemberInfo member, string attribute) => member.GetCustomAttributesData()
        .Where(data => data.AttributeType.Name == attribute)
        .Select(data => data.ConstructorArguments[0].Value as byte?)
        .FirstOrDefault();

    private static string? Describe(PropertyInfo property)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(IsVisible).ToList();
        if (accessors.Count == 0)
        {
            return null;
        }

        var parts = accessors.Select(accessor => Access(accessor, accessors[0]) + (accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;"));
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : string.Empty;
        var index = property.GetIndexParameters();
        var name = index.Length > 0 ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name;
        return $"{Modifiers(accessors[0])}{ApiTypes.Attributes(property)}{required}{TypeOf(property)} {name} {{ {string.Join(' ', parts)} }}";
    }

    private static string TypeOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        var nullability = Nullability.Create(property);
        var isWriteOnly = property.GetMethod is null;
        var mark = isWriteOnly && !type.IsValueType && nullability.WriteState == NullabilityState.Nullable ? "?" : string.Empty;
        return (type.IsByRef ? "ref " : string.Empty) + ApiNames.Of(type, nullability) + mark;
    }

    private static string Describe(FieldInfo field)
    {
        var kind = field.IsLiteral ? "const " : field.IsStatic ? field.IsInitOnly ? "static readonly " : "static " : field.IsInitOnly ? "readonly " : string.Empty;
        var value = field.IsLiteral ? " = " + ApiNames.Constant(field.GetRawConstantValue(), field.FieldType) : string.Empty;
        var access = field.IsPublic ? string.Empty : "protected ";
        var required = field.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : string.Empty;
        return $"{access}{kind}{ApiTypes.Attributes(field)}{required}{ApiNames.Of(field.FieldType, Nullability.Create(field))} {field.Name}{value}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var way = !parameter.ParameterType.IsByRef ? string.Empty : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : string.Empty;
        var value = parameter.HasDefaultValue ? " = " + ApiNames.Constant(parameter.RawDefaultValue, parameter.ParameterType) : string.Empty;
        return $"{many}{way}{ApiNames.Of(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Modifiers(MethodBase method)
    {
        var access = method.IsPublic ? string.Empty : "protected ";
        if (method.IsStatic)
        {
            return access + (method is { IsAbstract: true } ? "static abstract " : "static ");
        }

        if (method is not MethodInfo { IsVirtual: true } info || method.DeclaringType!.IsInterface)
        {
            return method.DeclaringType!.IsInterface && !method.IsAbstract ? access + "virtual " : access;
        }

        var isOverride = info.GetBaseDefinition().DeclaringType != info.DeclaringType;
        var isFinal = info.IsFinal || info.DeclaringType!.IsSealed;
        return access + (isOverride ? isFinal && !info.DeclaringType!.IsSealed ? "sealed override " : "override "
            : info.IsAbstract ? "abstract " : isFinal ? string.Empty : "virtual ");
    }

    private static string Access(MethodInfo accessor, MethodInfo first) => first.IsPublic && !accessor.IsPublic ? "protected " : string.Empty;

    private static bool IsInit(MethodInfo accessor) => accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsVisible(MethodBase method) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && method.DeclaringType is { IsSealed: false });
}
