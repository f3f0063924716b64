using System.Collections.Frozen;

namespace Orchestrator.Patching;

/// <summary>The lock files of package managers, with the manifests that they follow.</summary>
internal static class LockFiles
{
    /// <summary>Lock file to manifests; a manifest that begins with a dot is an extension.</summary>
    private static readonly FrozenDictionary<string, string[]> Manifests = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase)
    {
        ["package-lock.json"] = ["package.json"],
        ["npm-shrinkwrap.json"] = ["package.json"],
        ["yarn.lock"] = ["package.json"],
        ["pnpm-lock.yaml"] = ["package.json", "pnpm-workspace.yaml"],
        ["bun.lock"] = ["package.json"],
        ["bun.lockb"] = ["package.json"],
        ["deno.lock"] = ["deno.json", "deno.jsonc", "package.json"],
        ["packages.lock.json"] = [".csproj", ".fsproj", ".vbproj", ".props", ".targets", "global.json", "nuget.config"],
        ["project.assets.json"] = [".csproj", ".fsproj", ".vbproj", ".props", ".targets"],
        ["Cargo.lock"] = ["Cargo.toml"],
        ["poetry.lock"] = ["pyproject.toml"],
        ["uv.lock"] = ["pyproject.toml"],
        ["pdm.lock"] = ["pyproject.toml"],
        ["Pipfile.lock"] = ["Pipfile"],
        ["Gemfile.lock"] = ["Gemfile", ".gemspec"],
        ["composer.lock"] = ["composer.json"],
        ["go.sum"] = ["go.mod"],
        ["mix.lock"] = ["mix.exs"],
        ["Podfile.lock"] = ["Podfile"],
        ["Package.resolved"] = ["Package.swift"],
        ["pubspec.lock"] = ["pubspec.yaml"],
        ["flake.lock"] = ["flake.nix"],
        ["gradle.lockfile"] = [".gradle", ".kts", ".toml"],
        [".terraform.lock.hcl"] = [".tf"],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The manifests of a lock file; <see langword="null"/> when the name is not one of a lock file.</summary>
    public static string[]? ManifestsOf(string fileName) => Manifests.GetValueOrDefault(fileName);

    public static bool IsManifest(string path, string[] manifests)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return manifests.Any(manifest => manifest.StartsWith('.')
            ? name.EndsWith(manifest, StringComparison.OrdinalIgnoreCase)
            : string.Equals(name, manifest, StringComparison.OrdinalIgnoreCase));
    }
}
