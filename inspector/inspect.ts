/** The one place where the page says who decodes for it: the package, as it is published. */
export * from "monocoque/inspect";
