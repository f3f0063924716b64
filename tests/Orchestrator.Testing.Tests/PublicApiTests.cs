using System.Reflection;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Orchestrator.Testing.Tests;

public sealed class PublicApiTests
{
    private const string Source = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Diagnostics.CodeAnalysis;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Sample;

        public enum Colour : byte { Red = 1, Blue = 4 }
        [Flags] public enum Sides { None = 0, Left = 1 }
        public delegate string? Namer<in T>(T item, int count = 3) where T : class;
        public interface IShape<T> : IDisposable where T : struct { string Name { get; } ValueTask<T?> AreaAsync(CancellationToken cancellationToken); }
        public sealed record Point(int X, string? Label = "a\"b") { public required string Kind { get; init; } }
        public readonly record struct Size(int Width, List<string?>? Notes);
        public static class Names { public const string Red = "red"; public static readonly int[] All = [1]; public static string Twice(this string text) => text + text; }
        public abstract class Shape
        {
            protected Shape(Colour colour = Colour.Blue) { }
            protected abstract void Draw(in Size size, out string? text, ref int count, params object?[] rest);
            public virtual event EventHandler<EventArgs>? Changed { add { } remove { } }
            public string Title { get; protected set; } = "";
            public int this[string key] => 0;
            [Obsolete("old")] public void Old() { }
            [Experimental("ORCHEXP001")] public Dictionary<string, IReadOnlyList<int?>> New<TKey>(TKey key) where TKey : notnull, new() => new();
            public sealed class Inner<T> { public T? Value; internal int Hidden; }
            internal void Unseen() { }
            private protected void AlsoUnseen() { }
        }
        internal sealed class Secret { public int Number; }
        """;

    private static readonly MetadataReference[] Platform = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Select(path => MetadataReference.CreateFromFile(path))];

    [Fact]
    public void The_surface_reads_as_approved() => Approved.Match(PublicApi.Describe(Compile(Source)), "PublicApiTests.approved.txt");

    [Theory]
    [InlineData("string Name {", "string Title {")]
    [InlineData("int count = 3", "int count = 4")]
    [InlineData("Blue = 4", "Blue = 5")]
    [InlineData("string? text", "string text")]
    [InlineData("ValueTask<T?>", "ValueTask<T>")]
    [InlineData("sealed record Point", "record Point")]
    [InlineData("get; init; }", "get; set; }")]
    [InlineData("required string Kind", "string Kind")]
    [InlineData("where TKey : notnull, new()", "where TKey : struct")]
    [InlineData("where TKey : notnull, new()", "where TKey : new()")]
    [InlineData("where T : class;", ";")]
    [InlineData("Namer<in T>", "Namer<T>")]
    [InlineData("protected set;", "set;")]
    [InlineData("Obsolete(\"old\")", "Obsolete(\"older\")")]
    [InlineData("this string text", "string text")]
    [InlineData("in Size size", "Size size")]
    [InlineData("TKey key", "TKey name")]
    public void A_change_that_a_caller_could_notice_changes_the_text(string before, string after)
    {
        var changed = Source.Replace(before, after, StringComparison.Ordinal);

        Assert.NotEqual(Source, changed);
        Assert.NotEqual(PublicApi.Describe(Compile(Source)), PublicApi.Describe(Compile(changed)));
    }

    [Theory]
    [InlineData("int Hidden", "int Concealed")]
    [InlineData("class Secret", "class Mystery")]
    [InlineData("void AlsoUnseen", "void Quiet")]
    public void A_change_that_no_caller_can_notice_does_not(string before, string after)
    {
        var changed = Source.Replace(before, after, StringComparison.Ordinal);

        Assert.NotEqual(Source, changed);
        Assert.Equal(PublicApi.Describe(Compile(Source)), PublicApi.Describe(Compile(changed)));
    }

    private static Assembly Compile(string source)
    {
        var compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(source)],
            Platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(image.ToArray());
    }
}
