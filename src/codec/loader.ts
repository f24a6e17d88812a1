/**
 * AssemblyScript's loader. The build replaces this one module by a bundle of it, so that a page can load the package as
 * it is.
 */
export { instantiateSync } from "@assemblyscript/loader";
