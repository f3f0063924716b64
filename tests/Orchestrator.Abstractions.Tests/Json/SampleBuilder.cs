using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Orchestrator.Patching;

namespace Orchestrator.Abstractions.Tests.Json;

/// <summary>Makes valid values of any contract type: every settable property gets a value, optional ones sometimes none. The same seed makes the same value.</summary>
internal sealed class SampleBuilder(Random random)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public object Build(Type type)
    {
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue(random.Next(values.Length))!;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
        {
            return BuildList(type.GetGenericArguments()[0]);
        }

        return BuildSimple(type) ?? BuildObject(Derived(type));
    }

    private object? BuildSimple(Type type) => type switch
    {
        _ when type == typeof(string) => $"name-{random.Next(1000)}.x",
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(int) => random.Next(1, 100),
        _ when type == typeof(long) => random.NextInt64(1, 1L << 40),
        _ when type == typeof(ulong) => ((ulong)random.NextInt64() << 1) | 1,
        _ when type == typeof(double) => 0.01 + (random.NextDouble() * 0.99),
        _ when type == typeof(decimal) => random.Next(0, 1_000_000) / 1000m,
        _ when type == typeof(TimeSpan) => TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerSecond, TimeSpan.TicksPerDay * 3)),
        _ when type == typeof(DateTimeOffset) => Start.AddTicks(random.NextInt64(TimeSpan.TicksPerDay * 1000)).ToOffset(TimeSpan.FromHours(random.Next(-5, 6))),
        _ when type == typeof(TimeOnly) => new TimeOnly(random.NextInt64(TimeSpan.TicksPerDay)),
        _ when type == typeof(Guid) => Guid.CreateVersion7(Start.AddMinutes(random.Next(1000))),
        _ when type == typeof(ValueMap) => new ValueMap([KeyValuePair.Create("b", "2 \"quoted\""), KeyValuePair.Create("a", $"ä{random.Next(9)}")]),
        _ when type == typeof(PatchContent) => random.Next(2) == 0 ? PatchContent.FromText("line ä\r\nnext\n") : new PatchContent(new byte[] { 0, 255, (byte)random.Next(256) }),
        _ => null,
    };

    private object BuildList(Type element)
    {
        var items = Array.CreateInstance(element, random.Next(0, 4));
        for (var i = 0; i < items.Length; i++)
        {
            items.SetValue(Build(element), i);
        }

        return typeof(ValueList).GetMethod(nameof(ValueList.ToValueList))!.MakeGenericMethod(element).Invoke(null, [items])!;
    }

    private object BuildObject(Type type)
    {
        var value = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(property => property.SetMethod is not null))
        {
            var inner = Nullable.GetUnderlyingType(property.PropertyType);
            var isOptional = inner is not null || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
            property.SetValue(value, isOptional && random.Next(3) == 0 ? null : Build(inner ?? property.PropertyType));
        }

        return value;
    }

    private Type Derived(Type type)
    {
        var kinds = type.GetCustomAttributes<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType).ToArray();
        return kinds.Length == 0 ? type : kinds[random.Next(kinds.Length)];
    }
}
