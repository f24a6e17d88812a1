// What the module of a memory shared by two threads exports: the same scan, with a table that lies where its caller says.
export { scanInto } from "./scan";
