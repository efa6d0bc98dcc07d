-- report type: GET_PRODUCTS_BY_CATEGORY
-- about: All products, or those of one category, in the order of their ids.
-- format: TSV
-- option: category=TEXT

SELECT
    id,
    name,
    split_part(category_path, ' >> ', 1) AS category,
    category_path
FROM products
WHERE $option_category IS NULL OR split_part(category_path, ' >> ', 1) = $option_category
ORDER BY id;
