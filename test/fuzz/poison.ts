/**
 * Loaded before every test file when POISON is set (`npm run test:poisoned`): borrowed payloads spoil when they expire,
 * so that whoever reads them later fails.
 */
import { poison } from "./guards.js";
import { engines } from "./internals.js";

for (const engine of engines) poison(engine);
