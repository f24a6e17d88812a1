import * as all from "monocoque/zeromq/draft";

export * from "monocoque/zeromq/draft";
export default all;
