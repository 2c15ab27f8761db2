// The etcd server, as its own module builds it: what "synod bench compare" measures beside Synod.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
