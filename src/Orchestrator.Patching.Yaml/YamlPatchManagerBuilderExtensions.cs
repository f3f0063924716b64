using Orchestrator.Patching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the check of YAML to the patch manager.</summary>
public static class YamlPatchManagerBuilderExtensions
{
    /// <summary>Refuses patches that would break the syntax of a YAML file. Calling it twice is the same as calling it once.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IPatchManagerBuilder AddYamlSyntaxCheck(this IPatchManagerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddValidator<YamlSyntaxValidator>();
    }
}
