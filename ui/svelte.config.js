// Svelte's compiler: runes everywhere, so that no file can fall back to the older reactivity.
export default { compilerOptions: { runes: true } };
