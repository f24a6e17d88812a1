/** The `ws` package, an optional peer dependency: asked for only where it is needed. */
import type * as Package from "ws";

export async function webSocketPackage(): Promise<typeof Package> {
  try {
    return await import("ws");
  } catch (cause) {
    throw new Error('ws:// here needs the "ws" package: npm install ws', { cause });
  }
}
