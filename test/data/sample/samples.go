package sample

import "path/filepath"

// Specs lists the sample files in the order in which they are loaded. Their keys do not meet, nor those of a file whose
// first number is FirstFree or more. Sales of a size are of products and to customers in files of no greater size.
func Specs() []Spec {
	return []Spec{
		{Name: "products_small.csv", Dataset: "products", Seed: 11, Records: 20, First: 1, Every: 4, NoFinalNewline: true},
		{Name: "products_medium.csv", Dataset: "products", Seed: 12, Records: 100, First: 101, Every: 6, BOM: true},
		{Name: "products_large.csv", Dataset: "products", Seed: 13, Records: 5000, First: 1001, Every: 25},
		{Name: "customers_small.json", Dataset: "customers", Seed: 21, Records: 20, First: 1, Every: 4},
		{Name: "customers_medium.json", Dataset: "customers", Seed: 22, Records: 100, First: 101, Every: 7},
		{Name: "customers_large.json", Dataset: "customers", Seed: 23, Records: 5000, First: 1001, Every: 25},
		{Name: "sales_small.csv", Dataset: "sales", Seed: 31, Records: 20, First: 1, Every: 3, Days: 5, Shelf: 15},
		{Name: "sales_medium.csv", Dataset: "sales", Seed: 32, Records: 100, First: 101, Every: 4, Days: 20, Shelf: 100, CRLF: true},
		{Name: "sales_large.csv", Dataset: "sales", Seed: 33, Records: 5000, First: 1001, Every: 25},
	}
}

// FirstFree is a number in a key that no sample file reaches.
const FirstFree = 10_001

// ManifestName is the name of the manifest beside the sample files.
const ManifestName = "manifest.json"

// WriteAll writes the sample files and their manifest into the directory dir.
func WriteAll(dir string) (*Manifest, error) {
	var files []File
	for _, spec := range Specs() {
		file, err := WriteFile(filepath.Join(dir, spec.Name), spec)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	m := NewManifest(files...)
	return m, m.WriteFile(filepath.Join(dir, ManifestName))
}
