// The same in a worker that has lost its WebAssembly before the package is loaded. Static imports: a service worker has no others.
import "./without-webassembly.js";
import "./web-worker.js";
