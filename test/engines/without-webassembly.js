// Imported before anything else: from here on the engine has no WebAssembly.
delete globalThis.WebAssembly;
