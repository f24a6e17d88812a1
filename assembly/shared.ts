// What the module of a memory that two threads share exports: the same scan, with a table where its caller says.

export { scanInto } from "./scan";
