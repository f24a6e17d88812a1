// The smoke suite in an engine that has lost its WebAssembly before the package is loaded.
import "./without-webassembly.js";
import "./smoke.mjs";
